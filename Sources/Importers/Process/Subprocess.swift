import Glibc
import SchemaModel

/// Why a program that we run did not do its part.
enum SubprocessError: Error, Hashable, CustomStringConvertible {
  case cannotStart(executable: String, reason: String)
  /// It was still busy when its time was over, and has been killed.
  case timedOut(executable: String, limit: Duration, errorOutput: String)
  /// It was gone when we still had something to say to it.
  case ended(executable: String, status: String, errorOutput: String)

  var description: String {
    switch self {
    case .cannotStart(let executable, let reason):
      "cannot start \(executable): \(reason)"
    case .timedOut(let executable, let limit, let output):
      "\(executable) was stopped: it had not answered after \(limit.components.seconds) s"
        + Self.quoted(output)
    case .ended(let executable, let status, let output):
      "\(executable) ended before its time (\(status))" + Self.quoted(output)
    }
  }

  private static func quoted(_ output: String) -> String {
    output.isEmpty ? "" : "; its last words:\n  \(output.quotedInMessage)"
  }
}

/// A child process with its standard input, output and error in our hands, used synchronously.
///
/// It has a process group of its own: killing it takes its children along. Reading and writing
/// always take in the error output too, so neither side can block on a full pipe.
final class Subprocess {
  static let errorTailBytesMax = 8192
  static let gracePeriod = Duration.seconds(2)

  let executable: String
  private let pid: pid_t
  private var input: Int32
  private var output: Int32
  private var errors: Int32
  private var lines = LineBuffer()
  private var errorTail: [UInt8] = []
  private var waitStatus: Int32?

  /// - Parameter environment: added to our own, or put in its place name by name.
  /// - Throws: `SubprocessError.cannotStart`.
  init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    self.executable = executable
    let plumbing = try Plumbing(for: executable)
    defer { plumbing.closeChildEnds() }
    do {
      pid = try plumbing.spawn(executable, arguments, environment: environment)
    } catch {
      plumbing.closeOurEnds()
      throw error
    }
    (input, output, errors) = plumbing.ourEnds
  }

  deinit {
    if waitStatus == nil { terminate() }
    closeAll()
  }

  /// The end of what it wrote to standard error.
  var errorOutput: String {
    let text = String(decoding: errorTail, as: UTF8.self)
    return String(text.drop(while: \.isWhitespace)).trimmedAtEnd
  }

  func write(_ bytes: [UInt8], limit: Duration?) throws {
    var pending = bytes[...]
    let deadline = limit.map { ContinuousClock.now + $0 }
    while !pending.isEmpty { try pump(until: deadline, limit: limit, sending: &pending) }
  }

  /// The next line without its end; nil at the end of its output.
  func readLine(limit: Duration?) throws -> [UInt8]? {
    var nothing: ArraySlice<UInt8> = []
    let deadline = limit.map { ContinuousClock.now + $0 }
    while true {
      if let line = lines.next() { return line }
      if output < 0 { return lines.rest() }
      try pump(until: deadline, limit: limit, sending: &nothing)
    }
  }

  /// Everything it writes until it ends.
  func readToEnd(limit: Duration?) throws -> [UInt8] {
    var nothing: ArraySlice<UInt8> = []
    let deadline = limit.map { ContinuousClock.now + $0 }
    while output >= 0 { try pump(until: deadline, limit: limit, sending: &nothing) }
    return lines.everything()
  }

  /// Closes its input and waits for its end, for the grace period at most; then it is killed.
  /// - Returns: its exit code; 128 + N where signal N ended it.
  @discardableResult
  func finish() -> Int32 {
    closeEnd(&input)
    if !awaitEnd(for: Self.gracePeriod) { terminate() }
    return exitCode
  }

  /// Ends it and its children: SIGTERM, then SIGKILL.
  func terminate() {
    guard waitStatus == nil else { return }
    kill(-pid, SIGTERM)
    if !awaitEnd(for: Self.gracePeriod) {
      kill(-pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      waitStatus = status
    } else {
      // What it started itself may have outlived it.
      kill(-pid, SIGKILL)
    }
  }

  /// The error for a child that stopped talking: waits for its end first.
  func ended() -> SubprocessError {
    finish()
    let code = exitCode
    let status = code > 128 ? "signal \(code - 128)" : "exit code \(code)"
    return .ended(executable: executable, status: status, errorOutput: errorOutput)
  }

  private var exitCode: Int32 {
    let status = waitStatus ?? 0
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  private func awaitEnd(for duration: Duration) -> Bool {
    let deadline = ContinuousClock.now + duration
    var status: Int32 = 0
    repeat {
      if waitpid(pid, &status, WNOHANG) == pid {
        waitStatus = status
        while takeIn(waitingFor: 0) {}
        return true
      }
      takeIn(waitingFor: 5)
    } while ContinuousClock.now < deadline
    return false
  }

  /// Waits until something can be read or sent, and does it.
  private func pump(
    until deadline: ContinuousClock.Instant?, limit: Duration?, sending: inout ArraySlice<UInt8>
  ) throws {
    if let deadline, let limit, ContinuousClock.now >= deadline {
      terminate()
      throw SubprocessError.timedOut(
        executable: executable, limit: limit, errorOutput: errorOutput)
    }
    if !sending.isEmpty {
      let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
      let sent = sending.withUnsafeBytes { send(input, $0.baseAddress, $0.count, flags) }
      if sent > 0 { sending = sending.dropFirst(sent) }
      if sent < 0, errno != EAGAIN, errno != EINTR { throw ended() }
      if sending.isEmpty { return }
    }
    takeIn(waitingFor: deadline == nil ? 500 : 50, untilWritable: !sending.isEmpty)
  }

  /// - Returns: whether anything arrived.
  @discardableResult
  private func takeIn(waitingFor milliseconds: Int32, untilWritable: Bool = false) -> Bool {
    var polled = [output, errors].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    if untilWritable { polled.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
    if output < 0, errors < 0, !untilWritable {
      usleep(UInt32(milliseconds) * 1000)
      return false
    }
    guard poll(&polled, UInt(polled.count), milliseconds) > 0 else { return false }
    if polled[0].revents != 0 { read(&output) { lines.append($0) } }
    if polled[1].revents != 0 { read(&errors) { keepTail($0) } }
    return true
  }

  private func read(_ end: inout Int32, _ take: (ArraySlice<UInt8>) -> Void) {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(end, &chunk, chunk.count)
    if count > 0 { take(chunk[..<count]) }
    if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { closeEnd(&end) }
  }

  private func keepTail(_ chunk: ArraySlice<UInt8>) {
    errorTail += chunk
    if errorTail.count > Self.errorTailBytesMax {
      errorTail.removeFirst(errorTail.count - Self.errorTailBytesMax)
    }
  }

  private func closeEnd(_ end: inout Int32) {
    if end >= 0 { close(end) }
    end = -1
  }

  private func closeAll() {
    closeEnd(&input)
    closeEnd(&output)
    closeEnd(&errors)
  }
}

/// Bytes as they arrive, handed out by the line.
struct LineBuffer {
  private var bytes: [UInt8] = []
  private var start = 0
  private var searched = 0

  mutating func append(_ chunk: ArraySlice<UInt8>) {
    if start > 0, start * 2 > bytes.count {
      bytes.removeFirst(start)
      searched -= start
      start = 0
    }
    bytes += chunk
  }

  mutating func next() -> [UInt8]? {
    guard let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
      searched = bytes.count
      return nil
    }
    defer {
      start = end + 1
      searched = start
    }
    return Array(bytes[start..<end])
  }

  /// What is left without a line's end; nil where there is nothing.
  mutating func rest() -> [UInt8]? {
    guard start < bytes.count else { return nil }
    return everything()
  }

  mutating func everything() -> [UInt8] {
    defer {
      start = bytes.count
      searched = start
    }
    return Array(bytes[start...])
  }
}

extension String {
  var trimmedAtEnd: String {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
