#include "fuzz_driver.h"

// There in a build by tools/fuzz/run alone: an ordinary one replays inputs.
__attribute__((weak)) int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*target)(const uint8_t *, size_t));

int strata_run_fuzzer(int argc, char **argv, int (*target)(const uint8_t *, size_t)) {
  if (!LLVMFuzzerRunDriver) return -1;
  return LLVMFuzzerRunDriver(&argc, &argv, target);
}
