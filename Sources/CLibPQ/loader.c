#include "CLibPQ.h"
#include "interpreter.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// One line a function: its result, our name, libpq's name, parameters, arguments.
#define FUNCTIONS(REQUIRED, OPTIONAL)                                                              \
  REQUIRED(strata_pq_connection *, connect, "PQconnectdbParams",                                   \
           (const char *const *k, const char *const *v, int e), (k, v, e))                         \
  REQUIRED(int, status, "PQstatus", (const strata_pq_connection *c), (c))                          \
  REQUIRED(int, transaction_status, "PQtransactionStatus", (const strata_pq_connection *c), (c))   \
  REQUIRED(int, server_version, "PQserverVersion", (const strata_pq_connection *c), (c))           \
  REQUIRED(int, backend_pid, "PQbackendPID", (const strata_pq_connection *c), (c))                 \
  REQUIRED(const char *, parameter_status, "PQparameterStatus",                                    \
           (const strata_pq_connection *c, const char *n), (c, n))                                 \
  REQUIRED(const char *, error_message, "PQerrorMessage", (const strata_pq_connection *c), (c))    \
  REQUIRED(int, connection_needs_password, "PQconnectionNeedsPassword",                            \
           (const strata_pq_connection *c), (c))                                                   \
  REQUIRED(strata_pq_notice_receiver, set_notice_receiver, "PQsetNoticeReceiver",                  \
           (strata_pq_connection *c, strata_pq_notice_receiver r, void *x), (c, r, x))             \
  REQUIRED(int, send_query, "PQsendQuery", (strata_pq_connection *c, const char *s), (c, s))       \
  REQUIRED(int, send_query_params, "PQsendQueryParams",                                            \
           (strata_pq_connection *c, const char *s, int n, const unsigned *t,                      \
            const char *const *v, const int *l, const int *f, int r),                              \
           (c, s, n, t, v, l, f, r))                                                               \
  REQUIRED(int, send_prepare, "PQsendPrepare",                                                     \
           (strata_pq_connection *c, const char *m, const char *s, int n, const unsigned *t),      \
           (c, m, s, n, t))                                                                        \
  REQUIRED(int, send_query_prepared, "PQsendQueryPrepared",                                        \
           (strata_pq_connection *c, const char *m, int n, const char *const *v, const int *l,     \
            const int *f, int r),                                                                  \
           (c, m, n, v, l, f, r))                                                                  \
  REQUIRED(strata_pq_result *, get_result, "PQgetResult", (strata_pq_connection *c), (c))          \
  OPTIONAL(int, enter_pipeline_mode, "PQenterPipelineMode", (strata_pq_connection *c), (c))        \
  OPTIONAL(int, exit_pipeline_mode, "PQexitPipelineMode", (strata_pq_connection *c), (c))          \
  OPTIONAL(int, pipeline_sync, "PQpipelineSync", (strata_pq_connection *c), (c))                   \
  REQUIRED(int, put_copy_data, "PQputCopyData",                                                    \
           (strata_pq_connection *c, const char *b, int n), (c, b, n))                             \
  REQUIRED(int, put_copy_end, "PQputCopyEnd", (strata_pq_connection *c, const char *e), (c, e))    \
  REQUIRED(int, get_copy_data, "PQgetCopyData", (strata_pq_connection *c, char **b, int a),        \
           (c, b, a))                                                                              \
  REQUIRED(int, result_status, "PQresultStatus", (const strata_pq_result *r), (r))                 \
  REQUIRED(const char *, result_field, "PQresultErrorField",                                       \
           (const strata_pq_result *r, int f), (r, f))                                             \
  REQUIRED(const char *, result_message, "PQresultErrorMessage", (const strata_pq_result *r), (r)) \
  REQUIRED(const char *, command_status, "PQcmdStatus", (strata_pq_result *r), (r))                \
  REQUIRED(int, row_count, "PQntuples", (const strata_pq_result *r), (r))                          \
  REQUIRED(int, column_count, "PQnfields", (const strata_pq_result *r), (r))                       \
  REQUIRED(const char *, column_name, "PQfname", (const strata_pq_result *r, int c), (r, c))       \
  REQUIRED(const char *, value, "PQgetvalue", (const strata_pq_result *r, int i, int c),           \
           (r, i, c))                                                                              \
  REQUIRED(int, value_length, "PQgetlength", (const strata_pq_result *r, int i, int c), (r, i, c)) \
  REQUIRED(int, value_is_null, "PQgetisnull", (const strata_pq_result *r, int i, int c),           \
           (r, i, c))                                                                              \
  REQUIRED(strata_pq_cancellation *, get_cancellation, "PQgetCancel", (strata_pq_connection *c),   \
           (c))                                                                                    \
  REQUIRED(int, cancel, "PQcancel", (strata_pq_cancellation *c, char *m, int n), (c, m, n))

// Functions without a result.
#define PROCEDURES(REQUIRED)                                                                       \
  REQUIRED(finish, "PQfinish", (strata_pq_connection *c), (c))                                     \
  REQUIRED(clear, "PQclear", (strata_pq_result *r), (r))                                           \
  REQUIRED(free_memory, "PQfreemem", (void *m), (m))                                               \
  REQUIRED(free_cancellation, "PQfreeCancel", (strata_pq_cancellation *c), (c))

#define FORWARD(type, name, symbol, parameters, arguments)                                         \
  static type(*name##_) parameters;                                                                \
  type strata_pq_##name parameters { return name##_ arguments; }
#define FORWARD_PROCEDURE(name, symbol, parameters, arguments)                                     \
  static void(*name##_) parameters;                                                                \
  void strata_pq_##name parameters { name##_ arguments; }

FUNCTIONS(FORWARD, FORWARD)
PROCEDURES(FORWARD_PROCEDURE)

static const struct {
  void **place;
  const char *symbol;
  int is_required;
} symbols[] = {
#define REQUIRED_ENTRY(type, name, symbol, parameters, arguments) {(void **)&name##_, symbol, 1},
#define OPTIONAL_ENTRY(type, name, symbol, parameters, arguments) {(void **)&name##_, symbol, 0},
#define PROCEDURE_ENTRY(name, symbol, parameters, arguments) {(void **)&name##_, symbol, 1},
    FUNCTIONS(REQUIRED_ENTRY, OPTIONAL_ENTRY) PROCEDURES(PROCEDURE_ENTRY)};

static const char *const places[] = {
#ifdef __APPLE__
    "libpq.5.dylib",
    "/opt/homebrew/opt/libpq/lib/libpq.5.dylib",
    "/usr/local/opt/libpq/lib/libpq.5.dylib",
    "/opt/homebrew/lib/libpq.5.dylib",
    "/usr/local/lib/libpq.5.dylib",
    "/opt/homebrew/opt/postgresql@18/lib/postgresql/libpq.5.dylib",
    "/opt/homebrew/opt/postgresql@17/lib/postgresql/libpq.5.dylib",
    "/opt/homebrew/opt/postgresql@16/lib/postgresql/libpq.5.dylib",
    "/Applications/Postgres.app/Contents/Versions/latest/lib/libpq.5.dylib",
#else
    "libpq.so.5",
    "/usr/pgsql-18/lib/libpq.so.5",
    "/usr/pgsql-17/lib/libpq.so.5",
    "/usr/pgsql-16/lib/libpq.so.5",
    "/usr/pgsql-15/lib/libpq.so.5",
    "/usr/local/pgsql/lib/libpq.so.5",
    "/home/linuxbrew/.linuxbrew/opt/libpq/lib/libpq.so.5",
#endif
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[512];

static void load(void) {
  void *library = NULL;
  const char *chosen = getenv("STRATA_LIBPQ");
  if (chosen != NULL && chosen[0] != 0) {
    library = dlopen(chosen, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) snprintf(failure, sizeof failure, "%s", dlerror());
  } else {
    for (size_t i = 0; i < sizeof places / sizeof *places && library == NULL; i++) {
      library = dlopen(places[i], RTLD_NOW | RTLD_LOCAL);
      // The first is the one that people know.
      if (library == NULL && i == 0) snprintf(failure, sizeof failure, "%s", dlerror());
    }
    if (library == NULL) library = strata_open_beside_interpreter();
  }
  if (library == NULL) return;
  failure[0] = 0;
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    void *address = dlsym(library, symbols[i].symbol);
    if (address == NULL && symbols[i].is_required) {
      snprintf(failure, sizeof failure, "it has no function %s", symbols[i].symbol);
      return;
    }
    *symbols[i].place = address;
  }
}

const char *strata_pq_load(void) {
  pthread_once(&once, load);
  return failure[0] == 0 ? NULL : failure;
}

int strata_pq_has_pipelines(void) {
  return enter_pipeline_mode_ != NULL && exit_pipeline_mode_ != NULL && pipeline_sync_ != NULL;
}
