#include "CLibPQ.h"

#include <dlfcn.h>
#include <stddef.h>

// Linking libpq would cost every start of the command line some milliseconds.
static void *library;

const char *strata_pq_load(void) {
  if (library != NULL) return NULL;
  library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  return library == NULL ? dlerror() : NULL;
}
