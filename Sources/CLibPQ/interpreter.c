#include "interpreter.h"

#include <dlfcn.h>
#include <stddef.h>

#ifdef __linux__
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// psycopg's binary wheels carry a libpq of their own, under a name with a hash in it.
static const char *const patterns[] = {
    "%s/lib*/python3*/site-packages/psycopg2_binary.libs/libpq-*.so.5*",
    "%s/lib*/python3*/site-packages/psycopg_binary.libs/libpq-*.so.5*",
    "%s/lib*/python3*/dist-packages/psycopg2_binary.libs/libpq-*.so.5*",
    "%s/lib*/python3*/dist-packages/psycopg_binary.libs/libpq-*.so.5*",
};

/// The folder above the one that the program lies in, as `/venv` of `/venv/bin/strata`.
static int prefix(char *buffer, size_t size) {
  ssize_t count = readlink("/proc/self/exe", buffer, size - 1);
  if (count <= 0) return 0;
  buffer[count] = 0;
  for (int i = 0; i < 2; i++) {
    char *slash = strrchr(buffer, '/');
    if (slash == NULL) return 0;
    *slash = 0;
  }
  // Its characters must mean themselves in a pattern.
  return strpbrk(buffer, "*?[\\%") == NULL;
}

void *strata_open_beside_interpreter(void) {
  char folder[2048], pattern[4096];
  void *library = NULL;
  if (!prefix(folder, sizeof folder)) return NULL;
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns && library == NULL; i++) {
    snprintf(pattern, sizeof pattern, patterns[i], folder);
    glob_t found;
    if (glob(pattern, 0, NULL, &found) == 0) {
      for (size_t j = 0; j < found.gl_pathc && library == NULL; j++) {
        library = dlopen(found.gl_pathv[j], RTLD_NOW | RTLD_LOCAL);
      }
      globfree(&found);
    }
  }
  return library;
}
#else
void *strata_open_beside_interpreter(void) { return NULL; }
#endif
