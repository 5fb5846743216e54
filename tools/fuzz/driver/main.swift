// Fuzz TARGET [libFuzzer's arguments]    as tools/fuzz/run builds it
// Fuzz TARGET FILE...                    runs each file once: any build
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
guard let name = words.first, let found = FuzzTarget.named(name) else {
  fail("expected --list, or one of its names first", 2)
}
target = found

// libFuzzer takes the name of the program first, and has no use for the target's.
var arguments = CommandLine.unsafeArgv
arguments[1] = arguments[0]
let status = strata_run_fuzzer(CommandLine.argc - 1, arguments + 1) { start, count in
  target.run(UnsafeRawBufferPointer(start: start, count: count))
  return 0
}
guard status == -1 else { exit(status) }
for path in words.dropFirst() { bytes(of: path).withUnsafeBytes { target.run($0) } }
