// Preloaded into a process that writes below one folder: counts the calls that change files there, and
// lets one of them fail, be cut short, or be the last before the process dies; or keeps them all, so that
// a power cut at any of them can be played afterwards (power.py has what the record means).
//
//   FAULT_BELOW   the folder; calls on other files are passed on uncounted
//   FAULT_AT      the number of the call, from 1; 0 counts only
//   FAULT_MODE    die, fail (with FAULT_ERRNO), stay (it, and all that follow, fail), short
//   FAULT_LOG     a file that gets one line a call: its number, its name, its path
//   FAULT_RECORD  a file that gets every call that succeeded, with its bytes
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum fate { ON, FAIL, SHORT };
enum kind { DATA = 1, SYNC, LENGTH, CREATE, MKDIR, UNLINK, RENAME, EXCHANGE, LINK };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char below[PATH_MAX];
static long counted, at;
static int code = EIO, log_file = -1, record_file = -1;
static const char *mode = "fail";

static long bare(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  if (result < 0 && result > -4096) {
    errno = (int)-result;
    return -1;
  }
  return result;
}
#define BARE(number, ...) BARE_(number, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define BARE_(number, a, b, c, d, e, f, ...) \
  bare(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static int open_log(const char *name) {
  const char *path = getenv(name);
  return path ? (int)BARE(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
}

__attribute__((constructor)) static void configure(void) {
  const char *value = getenv("FAULT_BELOW");
  if (value == NULL || realpath(value, below) == NULL) below[0] = 0;
  if ((value = getenv("FAULT_AT"))) at = atol(value);
  if ((value = getenv("FAULT_ERRNO"))) code = atoi(value);
  if ((value = getenv("FAULT_MODE"))) mode = value;
  log_file = open_log("FAULT_LOG");
  record_file = open_log("FAULT_RECORD");
}

static int is_below(const char *path) {
  size_t length = strlen(below);
  return length > 0 && strncmp(path, below, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static int path_of(int file, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t count = BARE(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
  path[count < 0 ? 0 : count] = 0;
  return is_below(path);
}

// The name that a call gives, as a path; links on the way are the folder's own /proc/self/fd.
static int whole(int folder, const char *name, char *path) {
  char start[PATH_MAX], joined[2 * PATH_MAX];
  if (name[0] == '/') {
    int number;
    int rest = 0;
    if (sscanf(name, "/proc/self/fd/%d%n", &number, &rest) == 1) {
      path_of(number, start);
      snprintf(joined, sizeof joined, "%s%s", start, name + rest);
    } else {
      snprintf(joined, sizeof joined, "%s", name);
    }
  } else {
    if (folder == AT_FDCWD) {
      if (getcwd(start, sizeof start) == NULL) start[0] = 0;
    } else {
      path_of(folder, start);
    }
    snprintf(joined, sizeof joined, "%s/%s", start, name);
  }
  snprintf(path, PATH_MAX, "%.*s", PATH_MAX - 1, joined);
  return is_below(path);
}

static enum fate decide(const char *name, const char *path) {
  pthread_mutex_lock(&turn);
  long number = ++counted;
  if (log_file >= 0) {
    char line[PATH_MAX + 64];
    int count = snprintf(line, sizeof line, "%ld %s %s\n", number, name, path);
    BARE(SYS_write, log_file, line, count);
  }
  enum fate fate = ON;
  if (at > 0 && (number == at || (number > at && strcmp(mode, "stay") == 0))) {
    if (strcmp(mode, "die") == 0) BARE(SYS_exit_group, 137);
    fate = strcmp(mode, "short") == 0 ? SHORT : FAIL;
    errno = code;
  }
  pthread_mutex_unlock(&turn);
  return fate;
}

// One record: kind, inode, offset, counts of two texts and of the bytes, then these.
static void keep(enum kind kind, uint64_t inode, uint64_t offset, const char *one, const char *other,
                 const void *bytes, size_t count) {
  if (record_file < 0) return;
  uint64_t head[6] = {kind, inode, offset, strlen(one), strlen(other), count};
  struct iovec parts[4] = {{head, sizeof head}, {(void *)one, head[3]}, {(void *)other, head[4]}, {(void *)bytes, count}};
  pthread_mutex_lock(&turn);
  BARE(SYS_writev, record_file, parts, 4);
  pthread_mutex_unlock(&turn);
}

static uint64_t inode_of(int file) {
  struct stat status;
  return fstat(file, &status) == 0 ? status.st_ino : 0;
}

// What was written at a place is what the file has there now; a write to an O_DSYNC file is on the disk.
static void keep_data(int file, off_t offset, ssize_t count) {
  if (record_file < 0 || count <= 0) return;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  int own = (int)BARE(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC, 0);
  void *bytes = malloc((size_t)count);
  if (own >= 0 && bytes && BARE(SYS_pread64, own, bytes, count, offset) == count) {
    path_of(file, path);
    keep(DATA, inode_of(file), (uint64_t)offset, path, "", bytes, (size_t)count);
    if (fcntl(file, F_GETFL) & O_DSYNC) keep(SYNC, inode_of(file), 0, path, "", "", 0);
  }
  free(bytes);
  if (own >= 0) BARE(SYS_close, own);
}

static int is_file(int file, char *path) {
  struct stat status;
  return fstat(file, &status) == 0 && S_ISREG(status.st_mode) && path_of(file, path);
}

#define WRITE(name, parameters, whole_count, place, call, part)          \
  ssize_t name parameters {                                              \
    char path[PATH_MAX];                                                 \
    if (!is_file(fd, path)) return call;                                 \
    enum fate fate = decide(#name, path);                                \
    if (fate == FAIL) return -1;                                         \
    off_t start = place;                                                 \
    ssize_t count = fate == SHORT && (whole_count) > 1 ? part : call;    \
    keep_data(fd, start, count);                                         \
    return count;                                                        \
  }
#define HERE (record_file < 0 ? 0 : (off_t)BARE(SYS_lseek, fd, 0, SEEK_CUR))

static size_t total(const struct iovec *v, int n) {
  size_t sum = 0;
  for (int index = 0; index < n; index++) sum += v[index].iov_len;
  return sum;
}

WRITE(write, (int fd, const void *b, size_t n), n, HERE, BARE(SYS_write, fd, b, n), BARE(SYS_write, fd, b, n / 2))
WRITE(pwrite, (int fd, const void *b, size_t n, off_t o), n, o, BARE(SYS_pwrite64, fd, b, n, o),
      BARE(SYS_pwrite64, fd, b, n / 2, o))
WRITE(pwrite64, (int fd, const void *b, size_t n, off64_t o), n, o, BARE(SYS_pwrite64, fd, b, n, o),
      BARE(SYS_pwrite64, fd, b, n / 2, o))
WRITE(writev, (int fd, const struct iovec *v, int n), total(v, n), HERE, BARE(SYS_writev, fd, v, n),
      BARE(SYS_write, fd, v[0].iov_base, (v[0].iov_len + 1) / 2))
WRITE(pwritev, (int fd, const struct iovec *v, int n, off_t o), total(v, n), o,
      BARE(SYS_pwritev, fd, v, n, o, 0), BARE(SYS_pwrite64, fd, v[0].iov_base, (v[0].iov_len + 1) / 2, o))
WRITE(pwritev64, (int fd, const struct iovec *v, int n, off64_t o), total(v, n), o,
      BARE(SYS_pwritev, fd, v, n, o, 0), BARE(SYS_pwrite64, fd, v[0].iov_base, (v[0].iov_len + 1) / 2, o))
WRITE(copy_file_range, (int in, off64_t *a, int fd, off64_t *o, size_t n, unsigned f), n, o ? *o : HERE,
      BARE(SYS_copy_file_range, in, a, fd, o, n, f), BARE(SYS_copy_file_range, in, a, fd, o, n / 2, f))
WRITE(sendfile, (int fd, int in, off_t *a, size_t n), n, HERE, BARE(SYS_sendfile, fd, in, a, n),
      BARE(SYS_sendfile, fd, in, a, n / 2))

// Calls on an open file that succeed with 0; a length is told, all else is a sync.
#define ON_FILE(name, parameters, kind, length, call)                    \
  int name parameters {                                                  \
    char path[PATH_MAX];                                                 \
    if (!path_of(fd, path)) return (int)call;                            \
    if (decide(#name, path) != ON) return -1;                            \
    int result = (int)call;                                              \
    if (result == 0) keep(kind, inode_of(fd), (uint64_t)(length), path, "", "", 0); \
    return result;                                                       \
  }
static off_t length_of(int file) {
  struct stat status;
  return fstat(file, &status) == 0 ? status.st_size : 0;
}

ON_FILE(fsync, (int fd), SYNC, 0, BARE(SYS_fsync, fd))
ON_FILE(fdatasync, (int fd), SYNC, 0, BARE(SYS_fdatasync, fd))
ON_FILE(syncfs, (int fd), SYNC, 0, BARE(SYS_syncfs, fd))
ON_FILE(sync_file_range, (int fd, off64_t o, off64_t n, unsigned f), LENGTH, length_of(fd),
        BARE(SYS_sync_file_range, fd, o, n, f))
ON_FILE(ftruncate, (int fd, off_t n), LENGTH, n, BARE(SYS_ftruncate, fd, n))
ON_FILE(ftruncate64, (int fd, off64_t n), LENGTH, n, BARE(SYS_ftruncate, fd, n))
ON_FILE(fallocate, (int fd, int m, off_t o, off_t n), LENGTH, length_of(fd), BARE(SYS_fallocate, fd, m, o, n))
ON_FILE(fallocate64, (int fd, int m, off64_t o, off64_t n), LENGTH, length_of(fd), BARE(SYS_fallocate, fd, m, o, n))

int posix_fallocate(int fd, off_t o, off_t n) { return fallocate(fd, 0, o, n) == 0 ? 0 : errno; }
int posix_fallocate64(int fd, off64_t o, off64_t n) { return fallocate(fd, 0, o, n) == 0 ? 0 : errno; }

// A map that is written to and synced is none of Strata's ways; it would be seen here.
int msync(void *address, size_t count, int flags) {
  if (below[0] && decide("msync", below) != ON) return -1;
  return (int)BARE(SYS_msync, address, count, flags);
}

#define ON_PATH(name, parameters, kind, folder, path_name, call)         \
  int name parameters {                                                  \
    char path[PATH_MAX];                                                 \
    if (!whole(folder, path_name, path)) return (int)call;               \
    if (decide(#name, path) != ON) return -1;                            \
    int result = (int)call;                                              \
    if (result == 0) keep(kind, 0, 0, path, "", "", 0);                  \
    return result;                                                       \
  }
ON_PATH(unlink, (const char *a), UNLINK, AT_FDCWD, a, BARE(SYS_unlink, a))
ON_PATH(unlinkat, (int x, const char *a, int f), UNLINK, x, a, BARE(SYS_unlinkat, x, a, f))
ON_PATH(rmdir, (const char *a), UNLINK, AT_FDCWD, a, BARE(SYS_rmdir, a))
ON_PATH(mkdir, (const char *a, mode_t m), MKDIR, AT_FDCWD, a, BARE(SYS_mkdir, a, m))
ON_PATH(mkdirat, (int x, const char *a, mode_t m), MKDIR, x, a, BARE(SYS_mkdirat, x, a, m))

#define ON_TWO(name, parameters, kind, x, a, y, b, call)                 \
  int name parameters {                                                  \
    char from[PATH_MAX], path[PATH_MAX];                                 \
    whole(x, a, from);                                                   \
    if (!whole(y, b, path)) return (int)call;                            \
    if (decide(#name, path) != ON) return -1;                            \
    int result = (int)call;                                              \
    if (result == 0) keep(kind, 0, 0, from, path, "", 0);                \
    return result;                                                       \
  }
ON_TWO(rename, (const char *a, const char *b), RENAME, AT_FDCWD, a, AT_FDCWD, b, BARE(SYS_rename, a, b))
ON_TWO(renameat, (int x, const char *a, int y, const char *b), RENAME, x, a, y, b, BARE(SYS_renameat, x, a, y, b))
ON_TWO(renameat2, (int x, const char *a, int y, const char *b, unsigned f), f & 2 ? EXCHANGE : RENAME, x, a, y, b,
       BARE(SYS_renameat2, x, a, y, b, f))
ON_TWO(link, (const char *a, const char *b), LINK, AT_FDCWD, a, AT_FDCWD, b, BARE(SYS_link, a, b))
ON_TWO(linkat, (int x, const char *a, int y, const char *b, int f), LINK, x, a, y, b, BARE(SYS_linkat, x, a, y, b, f))

static int open_below(const char *name, int folder, const char *a, int flags, mode_t permissions) {
  char path[PATH_MAX];
  int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC));
  if (!writes || !whole(folder, a, path)) return (int)BARE(SYS_openat, folder, a, flags, permissions);
  if (decide(name, path) != ON) return -1;
  struct stat before;
  int was_there = fstatat(folder, a, &before, 0) == 0;
  int file = (int)BARE(SYS_openat, folder, a, flags, permissions);
  if (file >= 0 && path_of(file, path)) {
    if (!was_there) keep(CREATE, inode_of(file), 0, path, "", "", 0);
    if (was_there && (flags & O_TRUNC)) keep(LENGTH, inode_of(file), 0, path, "", "", 0);
  }
  return file;
}
#define MODE                                   \
  va_list list;                                \
  va_start(list, f);                           \
  mode_t m = f & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; \
  va_end(list);
int open(const char *a, int f, ...) { MODE return open_below("open", AT_FDCWD, a, f, m); }
int open64(const char *a, int f, ...) { MODE return open_below("open", AT_FDCWD, a, f, m); }
int openat(int x, const char *a, int f, ...) { MODE return open_below("openat", x, a, f, m); }
int openat64(int x, const char *a, int f, ...) { MODE return open_below("openat", x, a, f, m); }
int creat(const char *a, mode_t m) { return open_below("creat", AT_FDCWD, a, O_WRONLY | O_CREAT | O_TRUNC, m); }

// Strata exchanges two paths, and lengthens a file, by the bare system call.
long syscall(long number, ...) {
  va_list list;
  long a[6];
  va_start(list, number);
  for (int index = 0; index < 6; index++) a[index] = va_arg(list, long);
  va_end(list);
  if (number == SYS_renameat2)
    return renameat2((int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3], (unsigned)a[4]);
  if (number == SYS_fallocate) return fallocate((int)a[0], (int)a[1], a[2], a[3]);
  return bare(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
