// STRATA_FUZZ_TARGET=NAME Fuzz [libFuzzer's arguments]    as tools/fuzz/run builds it
// STRATA_FUZZ_TARGET=NAME Fuzz FILE...                    runs each file once: any build
// Fuzz --list
import CFuzzDriver
import FuzzTargets

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

nonisolated(unsafe) var target = FuzzTarget.canary

func fail(_ message: String, _ code: Int32) -> Never {
  let line = Array("fuzz: \(message)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
  exit(code)
}

func bytes(of path: String) -> [UInt8] {
  guard let file = fopen(path, "rb") else { fail("cannot read \(path)", 4) }
  defer { fclose(file) }
  var found: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&part, 1, part.count, file), count > 0 { found += part[..<count] }
  return found
}

let words = CommandLine.arguments.dropFirst()
if words.first == "--list" {
  for target in FuzzTarget.all { print(target.name) }
  exit(0)
}
// By the environment, since libFuzzer starts the program anew with arguments of its own.
guard let name = getenv("STRATA_FUZZ_TARGET"), let found = FuzzTarget.named(String(cString: name))
else { fail("expected one of the names that --list prints in STRATA_FUZZ_TARGET", 2) }
target = found

let status = strata_run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv) { start, count in
  target.run(UnsafeRawBufferPointer(start: start, count: count))
  return 0
}
guard status == -1 else { exit(status) }
for path in words { bytes(of: path).withUnsafeBytes { target.run($0) } }
