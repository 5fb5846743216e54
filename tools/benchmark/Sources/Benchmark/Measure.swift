import Foundation

/// Nanoseconds of one call, by the monotonic clock.
func time<T>(_ body: () throws -> T) rethrows -> (nanoseconds: Double, result: T) {
  let clock = ContinuousClock()
  let start = clock.now
  let result = try body()
  let elapsed = start.duration(to: clock.now).components
  return (Double(elapsed.seconds) * 1e9 + Double(elapsed.attoseconds) / 1e9, result)
}

func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return .nan }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The medians of two bodies that are run in turn, so that both see the same machine.
func interleaved(
  _ rounds: Int, _ a: () throws -> Void, _ b: () throws -> Void
) rethrows -> (a: Double, b: Double) {
  var first: [Double] = []
  var second: [Double] = []
  for round in 0..<rounds {
    if round % 2 == 0 {
      first.append(try time(a).nanoseconds)
      second.append(try time(b).nanoseconds)
    } else {
      second.append(try time(b).nanoseconds)
      first.append(try time(a).nanoseconds)
    }
  }
  return (median(first), median(second))
}

/// One line of the table.
struct Row {
  var what: String
  var ours: String
  var theirs: String
  /// What is compared with the bar, and the bar: at most, or at least.
  var ratio: Double
  /// Nil for a row that only explains another.
  var bar: Double?
  var isAtLeast = false

  var line: String {
    let shown = ratio < 10 ? String(format: "%.2f", ratio) : String(format: "%.0f", ratio)
    let start = "| \(what) | \(ours) | \(theirs) | \(shown) | "
    guard let bar else { return start + "– | – |" }
    let isMet = isAtLeast ? ratio >= bar : ratio <= bar
    let limit = (isAtLeast ? "≥ " : "≤ ") + String(format: "%g", bar)
    return start + "\(limit) | " + (isMet ? "yes" : "**no**") + " |"
  }
}

func duration(_ nanoseconds: Double) -> String {
  switch nanoseconds {
  case ..<10_000: String(format: "%.2f µs", nanoseconds / 1e3)
  case ..<1_000_000: String(format: "%.0f µs", nanoseconds / 1e3)
  case ..<1_000_000_000: String(format: "%.2f ms", nanoseconds / 1e6)
  default: String(format: "%.2f s", nanoseconds / 1e9)
  }
}

func report(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}

struct BenchmarkError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Runs a program to its end, its output thrown away; little comes on top of the program itself.
func spawn(_ arguments: [String], input: String? = nil) throws {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, input ?? "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
  words.append(nil)
  defer { for word in words { free(word) } }
  var process: pid_t = 0
  let code = posix_spawn(&process, arguments[0], &actions, nil, words, environ)
  guard code == 0 else {
    throw BenchmarkError("\(arguments[0]): \(String(cString: strerror(code)))")
  }
  var status: Int32 = 0
  waitpid(process, &status, 0)
  guard status == 0 else {
    throw BenchmarkError("'\(arguments.joined(separator: " "))' ended with status \(status)")
  }
}
