#pragma once

// What Strata needs of libpq, without libpq's headers: the library is opened when it is first
// needed (linking it would cost every start of the command line some milliseconds), and every
// function here only hands its arguments on. The values are those of libpq-fe.h and postgres_ext.h,
// which libpq.so.5 keeps for ever.
//
// Before any other function, `strata_pq_load` must have returned NULL.

#include <stddef.h>

typedef struct strata_pq_connection strata_pq_connection;
typedef struct strata_pq_result strata_pq_result;
typedef struct strata_pq_cancellation strata_pq_cancellation;
typedef void (*strata_pq_notice_receiver)(void *context, const strata_pq_result *notice);

/// Loads libpq once, from any thread; NULL where it is there, else what the loader said. The place
/// that STRATA_LIBPQ names comes before all others.
const char *strata_pq_load(void);

/// Whether this libpq knows pipelines (libpq 14 and later).
int strata_pq_has_pipelines(void);

enum {
  STRATA_PQ_CONNECTION_OK = 0,

  STRATA_PQ_EMPTY_QUERY = 0,
  STRATA_PQ_COMMAND_OK = 1,
  STRATA_PQ_TUPLES_OK = 2,
  STRATA_PQ_COPY_OUT = 3,
  STRATA_PQ_COPY_IN = 4,
  STRATA_PQ_BAD_RESPONSE = 5,
  STRATA_PQ_NONFATAL_ERROR = 6,
  STRATA_PQ_FATAL_ERROR = 7,
  STRATA_PQ_COPY_BOTH = 8,
  STRATA_PQ_SINGLE_TUPLE = 9,
  STRATA_PQ_PIPELINE_SYNC = 10,
  STRATA_PQ_PIPELINE_ABORTED = 11,

  STRATA_PQ_IDLE = 0,
  STRATA_PQ_ACTIVE = 1,
  STRATA_PQ_IN_TRANSACTION = 2,
  STRATA_PQ_IN_ERROR = 3,
  STRATA_PQ_UNKNOWN = 4,

  STRATA_PQ_SEVERITY = 'V',
  STRATA_PQ_SQLSTATE = 'C',
  STRATA_PQ_MESSAGE = 'M',
  STRATA_PQ_DETAIL = 'D',
  STRATA_PQ_HINT = 'H',
  STRATA_PQ_POSITION = 'P',
  STRATA_PQ_CONTEXT = 'W',
};

strata_pq_connection *strata_pq_connect(const char *const *keywords, const char *const *values,
                                        int expand_dbname);
void strata_pq_finish(strata_pq_connection *connection);
int strata_pq_status(const strata_pq_connection *connection);
int strata_pq_transaction_status(const strata_pq_connection *connection);
int strata_pq_server_version(const strata_pq_connection *connection);
int strata_pq_backend_pid(const strata_pq_connection *connection);
const char *strata_pq_parameter_status(const strata_pq_connection *connection, const char *name);
const char *strata_pq_error_message(const strata_pq_connection *connection);
int strata_pq_connection_needs_password(const strata_pq_connection *connection);
strata_pq_notice_receiver strata_pq_set_notice_receiver(strata_pq_connection *connection,
                                                        strata_pq_notice_receiver receiver,
                                                        void *context);

int strata_pq_send_query(strata_pq_connection *connection, const char *sql);
int strata_pq_send_query_params(strata_pq_connection *connection, const char *sql, int count,
                                const unsigned *types, const char *const *values,
                                const int *lengths, const int *formats, int result_format);
int strata_pq_send_prepare(strata_pq_connection *connection, const char *name, const char *sql,
                           int count, const unsigned *types);
int strata_pq_send_query_prepared(strata_pq_connection *connection, const char *name, int count,
                                  const char *const *values, const int *lengths,
                                  const int *formats, int result_format);
strata_pq_result *strata_pq_get_result(strata_pq_connection *connection);

int strata_pq_enter_pipeline_mode(strata_pq_connection *connection);
int strata_pq_exit_pipeline_mode(strata_pq_connection *connection);
int strata_pq_pipeline_sync(strata_pq_connection *connection);

int strata_pq_put_copy_data(strata_pq_connection *connection, const char *bytes, int count);
int strata_pq_put_copy_end(strata_pq_connection *connection, const char *error);
int strata_pq_get_copy_data(strata_pq_connection *connection, char **bytes, int is_async);
void strata_pq_free_memory(void *memory);

void strata_pq_clear(strata_pq_result *result);
int strata_pq_result_status(const strata_pq_result *result);
const char *strata_pq_result_field(const strata_pq_result *result, int field);
const char *strata_pq_result_message(const strata_pq_result *result);
const char *strata_pq_command_status(strata_pq_result *result);
int strata_pq_row_count(const strata_pq_result *result);
int strata_pq_column_count(const strata_pq_result *result);
const char *strata_pq_column_name(const strata_pq_result *result, int column);
const char *strata_pq_value(const strata_pq_result *result, int row, int column);
int strata_pq_value_length(const strata_pq_result *result, int row, int column);
int strata_pq_value_is_null(const strata_pq_result *result, int row, int column);

strata_pq_cancellation *strata_pq_get_cancellation(strata_pq_connection *connection);
void strata_pq_free_cancellation(strata_pq_cancellation *cancellation);
/// May be called from any thread.
int strata_pq_cancel(strata_pq_cancellation *cancellation, char *message, int message_size);

/// Starts a program with these standard streams (-1 is /dev/null) in `folder`, in a session of its
/// own, with no other open file and no signal blocked or ignored; as another user where `user` is
/// not negative. Returns the process's id, or an errno below zero.
int strata_process_start(const char *path, char *const *arguments, char *const *environment,
                         const char *folder, long user, long group, int input, int output,
                         int errors);

/// What a server's process may still do once it is confined; lists end with a null pointer, and what
/// is in them and does not exist is passed over.
typedef struct strata_confinement {
  /// Programs that may be executed: files.
  const char *const *executable;
  /// Files and folders that may be read.
  const char *const *readable;
  /// Files and folders that may be read and written.
  const char *const *writable;
  /// Whether every connection to elsewhere is refused, over any kind of socket.
  int refuses_connections;
} strata_confinement;

/// A server, and the program that watches over it.
typedef struct strata_server {
  const char *path;
  char *const *arguments;
  /// The file that its output goes to.
  const char *log;
  const char *keeper_path;
  char *const *keeper_arguments;
  /// One of the keeper's arguments, of 16 bytes or more: the server's process id is written there.
  char *keeper_server_place;
  /// The keeper's standard input.
  int keeper_input;
  char *const *environment;
  const char *folder;
  long user;
  long group;
  /// Null for a server that is not confined.
  const strata_confinement *confinement;
} strata_server;

/// Starts a server as the child of its keeper, which is not confined with it. Both run in `folder`, in
/// a session of their own, as `strata_process_start` has it. Returns the keeper's process id, or an
/// errno below zero; then neither runs.
int strata_server_start(const strata_server *server);

/// The version of the kernel's Landlock; 0 where it has none, or another system.
int strata_confinement_version(void);

/// Confines this process and its children for good. Returns 0, or -1 with errno.
int strata_confine(const strata_confinement *confinement);
