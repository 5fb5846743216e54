#include "CGlibcFloor.h"

#include <stdlib.h>

#if defined(__linux__) && defined(__GLIBC__)
// glibc 2.35 gave both a new version. Computed in the next wider type, neither over- nor underflows;
// an infinity counts more than what is no number.
double hypot(double x, double y) {
  if (__builtin_isinf(x) || __builtin_isinf(y)) return __builtin_inf();
  return (double)__builtin_sqrtl((long double)x * x + (long double)y * y);
}

float hypotf(float x, float y) {
  if (__builtin_isinf(x) || __builtin_isinf(y)) return __builtin_inff();
  return (float)__builtin_sqrt((double)x * x + (double)y * y);
}
#endif
