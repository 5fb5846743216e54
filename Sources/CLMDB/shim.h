#pragma once
#include <lmdb.h>

#ifdef __linux__
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Exchanges two paths in one step (RENAME_EXCHANGE, 2); Swift sees neither the call's wrapper nor
/// `syscall` itself.
static inline int strata_exchange(const char *a, const char *b) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2);
}
#endif
