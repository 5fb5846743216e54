// The system's calls whose names are also those of our own functions.
#if canImport(Glibc)
  internal import Glibc

  let systemRead = Glibc.read
  let systemWrite = Glibc.write
#else
  internal import Darwin

  let systemRead = Darwin.read
  let systemWrite = Darwin.write
#endif
