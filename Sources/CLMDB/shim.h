#pragma once
#include <lmdb.h>

#include <sys/types.h>

#ifdef __linux__
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Exchanges two paths in one step (RENAME_EXCHANGE, 2); Swift sees neither the call's wrapper nor
/// `syscall` itself.
static inline int strata_exchange(const char *a, const char *b) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2);
}

/// Gives a file a greater length; unlike ftruncate it can never make one shorter, whatever its length
/// has become since the caller looked.
static inline int strata_lengthen(int file, off_t from, off_t to) {
  return (int)syscall(SYS_fallocate, file, 0, from, to - from);
}
#endif
