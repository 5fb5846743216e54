#pragma once

// The program runs with glibc 2.34. What of the C library has a newer version is defined here under
// the same name, so that the linker need not ask the system's library for it.
