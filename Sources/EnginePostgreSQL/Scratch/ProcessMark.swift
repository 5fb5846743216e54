#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Says which process a scratch database belongs to: written as its comment, read by those who
/// look for leftovers. A process's number alone is soon another's, and so is a machine's name.
struct ProcessMark: Hashable {
  var machine: String
  var process: Int
  /// In the system's own unit, since its start.
  var started: String

  static func current() -> ProcessMark {
    let process = Int(getpid())
    return ProcessMark(
      machine: currentMachine(), process: process, started: start(of: process) ?? "?")
  }

  var text: String {
    "scratch database of Strata; machine=\(machine) process=\(process) started=\(started)"
  }

  init(machine: String, process: Int, started: String) {
    self.machine = machine
    self.process = process
    self.started = started
  }

  init?(_ text: String) {
    var values: [Substring: Substring] = [:]
    for word in text.split(separator: " ") {
      let pair = word.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { values[pair[0]] = pair[1] }
    }
    guard let machine = values["machine"], let process = values["process"].flatMap({ Int($0) }),
      let started = values["started"]
    else { return nil }
    self.init(machine: String(machine), process: process, started: String(started))
  }

  /// Whether it is of this machine, and its process is no more.
  var isDead: Bool {
    guard machine == Self.currentMachine(), process > 0 else { return false }
    guard let start = Self.start(of: process) else {
      return kill(pid_t(clamping: process), 0) != 0 && errno == ESRCH
    }
    return start != started
  }

  /// The machine's name, the run of its kernel, and the space of process numbers: containers often
  /// share all but the last.
  private static func currentMachine() -> String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let run =
      (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    var space = stat()
    let hasSpace = stat("/proc/self/ns/pid", &space) == 0
    return [host, String(run.prefix(8)), hasSpace ? String(space.st_ino) : ""]
      .joined(separator: "/").filter { !$0.isWhitespace }
  }

  private static func start(of process: Int) -> String? {
    #if canImport(Glibc)
      guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let close = text.lastIndex(of: ")")
      else { return nil }
      // The program's name, in parentheses, may hold anything; the 22nd field is the 20th behind it.
      let fields = text[text.index(after: close)...].split(separator: " ")
      return fields.count > 19 ? String(fields[19]) : nil
    #else
      guard
        let text = try? Subprogram.output("/bin/ps", ["-p", "\(process)", "-o", "lstart="])
      else { return nil }
      return text.filter { $0.isLetter || $0.isNumber }
    #endif
  }
}
