#define _GNU_SOURCE
#include "CLibPQ.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

// Between fork and exec only calls that are safe after a signal: other threads may hold any lock.
// On Linux the system calls themselves, since glibc's setuid takes locks to tell all threads.

static int become(long user, long group) {
  gid_t only = (gid_t)group;
#ifdef __linux__
  if (syscall(SYS_setgroups, 1, &only) != 0) return -1;
  if (syscall(SYS_setresgid, only, only, only) != 0) return -1;
  return (int)syscall(SYS_setresuid, (uid_t)user, (uid_t)user, (uid_t)user);
#else
  if (setgroups(1, &only) != 0 || setgid(only) != 0) return -1;
  return setuid((uid_t)user);
#endif
}

static void close_others(int kept) {
  int isClosed = 0;
#ifdef SYS_close_range
  isClosed = kept > 3 ? syscall(SYS_close_range, 3, kept - 1, 0) == 0 : 1;
  isClosed = isClosed && syscall(SYS_close_range, kept + 1, ~0U, 0) == 0;
#endif
  for (int file = 3; !isClosed && file < 1024; file++) {
    if (file != kept) close(file);
  }
}

static void fail(int report) {
  int error = errno;
  while (write(report, &error, sizeof error) < 0 && errno == EINTR) {
  }
  _exit(127);
}

// Moves `file` (or /dev/null) to the place of a standard stream; never one that is a source still.
static int place(int file, int target, int flags) {
  int opened = file;
  if (file < 0) opened = open("/dev/null", flags);
  if (opened < 0 || dup2(opened, target) < 0) return -1;
  return 0;
}

static void prepare(const char *folder, long user, long group, int input, int output, int errors,
                    int report) {
  sigset_t none;
  struct sigaction usual = {0};
  usual.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setsid();
  umask(077);
  if (place(input, 0, O_RDONLY) || place(output, 1, O_WRONLY) || place(errors, 2, O_WRONLY)) {
    fail(report);
  }
  close_others(report);
  if (user >= 0 && become(user, group) != 0) fail(report);
  if (chdir(folder) != 0) fail(report);
}

static void run(const char *path, char *const *arguments, char *const *environment,
                const char *folder, long user, long group, int input, int output, int errors,
                int report) {
  prepare(folder, user, group, input, output, errors, report);
  execve(path, arguments, environment);
  fail(report);
}

// fork without the handlers of libraries, which are not made for a child that never executed.
static pid_t fork_again(void) {
#ifdef __linux__
  return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#else
  return fork();
#endif
}

static void run_server(const strata_server *server, int report) {
  int log = open(server->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0 || place(-1, 0, O_RDONLY) || place(log, 1, 0) || place(log, 2, 0)) fail(report);
  // The log's own number may be that of a standard stream's source no more.
  if (log > 2 && log != report) close(log);
  if (server->confinement && strata_confine(server->confinement) != 0) fail(report);
  execve(server->path, server->arguments, server->environment);
  fail(report);
}

static void write_number(char *place, pid_t number) {
  char digits[16];
  int count = 0;
  for (; number > 0; number /= 10) digits[count++] = (char)('0' + number % 10);
  while (count > 0) *place++ = digits[--count];
  *place = 0;
}

static void run_keeper(const strata_server *server, int input, int report) {
  prepare(server->folder, server->user, server->group, input, -1, -1, report);
  pid_t child = fork_again();
  if (child == 0) run_server(server, report);
  if (child < 0) fail(report);
  write_number(server->keeper_server_place, child);
  execve(server->keeper_path, server->keeper_arguments, server->environment);
  fail(report);
}

// The ends that a child gets must be none of the standard streams, or dup2 would lose one.
static int lifted(int file) {
  if (file < 0 || file > 2) return file;
  return fcntl(file, F_DUPFD_CLOEXEC, 3);
}

// Closes what the caller got, and waits for the ends of `report` that others hold: what they wrote
// there is why they did not start.
static int reported(int report) {
  int failure = 0;
  ssize_t count;
  do {
    count = read(report, &failure, sizeof failure);
  } while (count < 0 && errno == EINTR);
  return count == sizeof failure ? failure : 0;
}

static int open_report(int ends[2]) {
  if (pipe(ends) != 0) return -1;
  for (int i = 0; i < 2; i++) {
    int high = fcntl(ends[i], F_DUPFD_CLOEXEC, 3);
    close(ends[i]);
    ends[i] = high;
  }
  return 0;
}

int strata_process_start(const char *path, char *const *arguments, char *const *environment,
                         const char *folder, long user, long group, int input, int output,
                         int errors) {
  int ends[2];
  if (open_report(ends) != 0) return -errno;
  int files[3] = {lifted(input), lifted(output), lifted(errors)};
  pid_t child = fork();
  if (child == 0) {
    run(path, arguments, environment, folder, user, group, files[0], files[1], files[2], ends[1]);
  }
  int failure = child < 0 ? errno : 0;
  if (files[0] != input) close(files[0]);
  if (files[1] != output) close(files[1]);
  if (files[2] != errors) close(files[2]);
  close(ends[1]);
  if (child > 0) failure = reported(ends[0]);
  close(ends[0]);
  return failure != 0 ? -failure : child;
}

int strata_server_start(const strata_server *server) {
  int ends[2];
  if (open_report(ends) != 0) return -errno;
  int input = lifted(server->keeper_input);
  pid_t child = fork();
  if (child == 0) run_keeper(server, input, ends[1]);
  int failure = child < 0 ? errno : 0;
  if (input != server->keeper_input) close(input);
  close(ends[1]);
  if (child > 0) failure = reported(ends[0]);
  close(ends[0]);
  if (failure != 0 && child > 0) {
    // Both are in the keeper's session, or gone.
    kill(-child, SIGKILL);
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
  }
  return failure != 0 ? -failure : child;
}
