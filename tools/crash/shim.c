// Preloaded into a process that writes a store: counts the calls that change files below one
// directory, and stops the process at a chosen one, as a crash would.
//
//   STRATA_CRASH_BELOW    the directory; calls on other files are passed on uncounted
//   STRATA_CRASH_AT       the number of the call to stop at, from 1; 0 counts only
//   STRATA_CRASH_PARTIAL  when set, a write first writes the first half of its bytes
//   STRATA_CRASH_DELAY    milliseconds that a change of a file's length waits before it is made
//   STRATA_CRASH_ERRNO    when set, call N and all later writes fail with it instead: a full disk
//   STRATA_CRASH_ONCE     when set, call N alone fails
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static long counted;
static long stop_at = -1;
static int fails_with;
static int is_partial;
static int is_once;
static long delay;
static char below[PATH_MAX];

static void configure(void) {
  if (stop_at >= 0) return;
  const char *at = getenv("STRATA_CRASH_AT");
  const char *directory = getenv("STRATA_CRASH_BELOW");
  const char *error = getenv("STRATA_CRASH_ERRNO");
  const char *wait = getenv("STRATA_CRASH_DELAY");
  delay = wait ? atol(wait) : 0;
  stop_at = at ? atol(at) : 0;
  fails_with = error ? atoi(error) : 0;
  is_once = getenv("STRATA_CRASH_ONCE") != NULL;
  is_partial = getenv("STRATA_CRASH_PARTIAL") != NULL;
  if (directory == NULL || realpath(directory, below) == NULL) below[0] = 0;
}

static int is_below(const char *path) {
  size_t length = strlen(below);
  return length > 0 && strncmp(path, below, length) == 0 &&
         (path[length] == '/' || path[length] == 0);
}

static int descriptor_is_below(int descriptor) {
  char link[64], path[PATH_MAX];
  configure();
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t count = readlink(link, path, sizeof path - 1);
  if (count <= 0) return 0;
  path[count] = 0;
  return is_below(path);
}

static int path_is_below(const char *path) {
  char whole[PATH_MAX];
  configure();
  if (path[0] == '/') return is_below(path);
  if (getcwd(whole, sizeof whole) == NULL) return 0;
  return is_below(whole);
}

static int place_is_below(int directory, const char *path) {
  if (path[0] == '/' || directory == AT_FDCWD) return path_is_below(path);
  return descriptor_is_below(directory);
}

// What becomes of the call: 0 goes on, 1 writes a part and stops, -1 fails.
static int decide(int is_write) {
  counted += 1;
  if (stop_at == 0 || counted < stop_at) return 0;
  if (fails_with) {
    if (!is_write || (is_once && counted > stop_at)) return 0;
    errno = fails_with;
    return -1;
  }
  if (counted > stop_at) return 0;
  if (is_write && is_partial) return 1;
  _exit(137);
}

// The caller has looked at the file; what it does now, it does later, and says so.
static void linger(void) {
  if (delay <= 0) return;
  static const char said[] = "the length is changed later\n";
  if (write(2, said, sizeof said - 1) < 0) return;
  usleep((useconds_t)delay * 1000);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRITE(name, parameters, call, half)                  \
  ssize_t name parameters {                                  \
    if (descriptor_is_below(fd)) {                           \
      int fate = decide(1);                                  \
      if (fate < 0) return -1;                               \
      if (fate > 0) { half; _exit(137); }                    \
    }                                                        \
    return NEXT(name) call;                                  \
  }

WRITE(write, (int fd, const void *b, size_t n), (fd, b, n), NEXT(write)(fd, b, n / 2))
WRITE(pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o),
      NEXT(pwrite)(fd, b, n / 2, o))
WRITE(pwrite64, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o),
      NEXT(pwrite64)(fd, b, n / 2, o))
WRITE(writev, (int fd, const struct iovec *v, int n), (fd, v, n),
      NEXT(write)(fd, v[0].iov_base, v[0].iov_len / 2))
WRITE(pwritev, (int fd, const struct iovec *v, int n, off_t o), (fd, v, n, o),
      NEXT(pwrite)(fd, v[0].iov_base, v[0].iov_len / 2, o))
WRITE(pwritev64, (int fd, const struct iovec *v, int n, off64_t o), (fd, v, n, o),
      NEXT(pwrite64)(fd, v[0].iov_base, v[0].iov_len / 2, o))

#define ON_FILE(name, parameters, call, is_write)                            \
  int name parameters {                                                      \
    int fate = descriptor_is_below(fd) ? decide(is_write) : 0;               \
    if (fate < 0) return -1;                                                 \
    if (fate > 0) _exit(137);                                                \
    return NEXT(name) call;                                                  \
  }

ON_FILE(fsync, (int fd), (fd), 0)
ON_FILE(fdatasync, (int fd), (fd), 0)
#define ON_LENGTH(name, parameters, call)                                    \
  int name parameters {                                                      \
    if (descriptor_is_below(fd)) {                                           \
      int fate = decide(1);                                                  \
      if (fate < 0) return -1;                                               \
      if (fate > 0) _exit(137);                                              \
      linger();                                                              \
    }                                                                        \
    return NEXT(name) call;                                                  \
  }

ON_LENGTH(ftruncate, (int fd, off_t n), (fd, n))
ON_LENGTH(ftruncate64, (int fd, off64_t n), (fd, n))

#define ON_PATH(name, parameters, call, path)                  \
  int name parameters {                                        \
    if (path_is_below(path) && decide(0) < 0) return -1;       \
    return NEXT(name) call;                                    \
  }

ON_PATH(rename, (const char *a, const char *b), (a, b), b)
ON_PATH(unlink, (const char *a), (a), a)
ON_PATH(rmdir, (const char *a), (a), a)
ON_PATH(mkdir, (const char *a, mode_t m), (a, m), a)

#define ON_PLACE(name, parameters, call, directory, path)                 \
  int name parameters {                                                   \
    if (place_is_below(directory, path) && decide(0) < 0) return -1;      \
    return NEXT(name) call;                                               \
  }

ON_PLACE(renameat, (int x, const char *a, int y, const char *b), (x, a, y, b), y, b)
ON_PLACE(renameat2, (int x, const char *a, int y, const char *b, unsigned f), (x, a, y, b, f), y, b)
ON_PLACE(unlinkat, (int x, const char *a, int f), (x, a, f), x, a)
ON_PLACE(mkdirat, (int x, const char *a, mode_t m), (x, a, m), x, a)

// Strata exchanges two paths, and lengthens a file, by the bare system call.
long syscall(long number, ...) {
  va_list list;
  long a[6];
  va_start(list, number);
  for (int index = 0; index < 6; index++) a[index] = va_arg(list, long);
  va_end(list);
  if (number == SYS_renameat2 && path_is_below((const char *)a[3]) && decide(0) < 0) return -1;
  if (number == SYS_fallocate && descriptor_is_below((int)a[0])) {
    int fate = decide(1);
    if (fate < 0) return -1;
    if (fate > 0) _exit(137);
    linger();
  }
  return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
