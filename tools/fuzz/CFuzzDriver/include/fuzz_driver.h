#pragma once

#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer with these arguments until it is done. Returns its exit status, or -1 where the program
/// was not linked with libFuzzer.
int strata_run_fuzzer(int argc, char **argv, int (*target)(const uint8_t *, size_t));
