internal import SchemaModel
internal import FileSystem

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Says which process a scratch database belongs to. It is a part of the database's name, so that
/// there is no moment in which a leftover does not say whose it is. A process's number alone is soon
/// another's, and so is a machine's name.
struct ProcessMark: Hashable {
  var machine: UInt32
  var process: UInt32
  /// Of the moment at which the process began.
  var started: UInt32

  static let digitCount = 24

  static func current() -> ProcessMark {
    let process = Int(getpid())
    return ProcessMark(
      machine: digest(currentMachine()), process: UInt32(truncatingIfNeeded: process),
      started: digest(start(of: process) ?? "?"))
  }

  /// 24 hexadecimal digits.
  var digits: String { [machine, process, started].map(Self.hexadecimal).joined() }

  static func hexadecimal(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  init(machine: UInt32, process: UInt32, started: UInt32) {
    self.machine = machine
    self.process = process
    self.started = started
  }

  init?(digits: some StringProtocol) {
    let bytes = Array(digits.utf8)
    guard bytes.count == Self.digitCount else { return nil }
    let numbers = stride(from: 0, to: bytes.count, by: 8).compactMap {
      UInt32(String(decoding: bytes[$0..<$0 + 8], as: UTF8.self), radix: 16)
    }
    guard numbers.count == 3 else { return nil }
    self.init(machine: numbers[0], process: numbers[1], started: numbers[2])
  }

  /// The same in every process (FNV-1a).
  private static func digest(_ text: String) -> UInt32 {
    text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }

  /// Whether it is of this machine, and its process is no more.
  var isDead: Bool {
    guard machine == Self.digest(Self.currentMachine()), process > 0 else { return false }
    guard let start = Self.start(of: Int(process)) else {
      return kill(pid_t(clamping: process), 0) != 0 && errno == ESRCH
    }
    return Self.digest(start) != started
  }

  /// The machine's name, the run of its kernel, and the space of process numbers: containers often
  /// share all but the last.
  private static func currentMachine() -> String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let run = Files.text(of: "/proc/sys/kernel/random/boot_id") ?? ""
    var space = stat()
    let hasSpace = stat("/proc/self/ns/pid", &space) == 0
    return [host, String(run.prefix(8)), hasSpace ? String(space.st_ino) : ""]
      .joined(separator: "/").filter { !$0.isWhitespace }
  }

  private static func start(of process: Int) -> String? {
    #if canImport(Glibc)
      guard let text = Files.text(of: "/proc/\(process)/stat"),
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
