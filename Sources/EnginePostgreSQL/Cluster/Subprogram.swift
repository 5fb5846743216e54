internal import SchemaModel
internal import CLibPQ

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The user as whom the server's programs run: PostgreSQL refuses to run as root.
struct ServerUser: Hashable {
  var user: UInt32
  var group: UInt32
  /// Nil where it is ourselves.
  var other: String?

  static func current() -> ServerUser {
    guard geteuid() == 0 else { return ServerUser(user: geteuid(), group: getegid()) }
    for name in ["postgres", "nobody"] {
      if let entry = getpwnam(name), entry.pointee.pw_uid != 0 {
        return ServerUser(
          user: entry.pointee.pw_uid, group: entry.pointee.pw_gid, other: name)
      }
    }
    return ServerUser(user: 65534, group: 65534, other: "the user 65534")
  }
}

/// Runs programs of the system to their end.
enum Subprogram {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The names of the variables that `isWanted` picks.
  static func names(_ isWanted: (String) -> Bool) -> [String] {
    var names: [String] = []
    var place = environ
    while let entry = place.pointee {
      names.append(String(String(cString: entry).prefix { $0 != "=" }))
      place += 1
    }
    return names.filter(isWanted)
  }

  static var environment: [String] {
    [
      "PATH=" + (variable("PATH") ?? "/usr/bin:/bin"), "LC_ALL=C", "LANG=C", "TZ=UTC", "HOME=/",
      "PGTZ=UTC",
    ]
  }

  /// Starts a program in a session of its own; -1 as a stream is /dev/null. `more` are variables of
  /// its environment that come before ours.
  /// - Throws: `Failure`.
  static func start(
    _ path: String, _ arguments: [String], as user: ServerUser? = nil, folder: String = "/",
    input: Int32 = -1, output: Int32 = -1, errors: Int32 = -1, environment more: [String] = []
  ) throws(Failure) -> pid_t {
    let other = user?.other == nil ? nil : user
    let code = withCStrings([path] + arguments) { arguments in
      withCStrings(Self.merged(more)) { environment in
        strata_process_start(
          path, mutable(arguments), mutable(environment), folder, other.map { Int($0.user) } ?? -1,
          other.map { Int($0.group) } ?? -1, input, output, errors)
      }
    }
    guard code > 0 else {
      let reason = String(cString: strerror(-code))
      let user = other?.other.map { " as \($0)" } ?? ""
      throw Failure(description: "cannot start \(path)\(user): \(reason)")
    }
    return code
  }

  /// Of two with one name the first one counts.
  private static func merged(_ more: [String]) -> [String] {
    var seen: Set<Substring> = []
    return (more + environment).filter { seen.insert($0.prefix { $0 != "=" }).inserted }
  }

  static func mutable(
    _ list: UnsafePointer<UnsafePointer<CChar>?>
  ) -> UnsafePointer<UnsafeMutablePointer<CChar>?> {
    // C's type of a program's arguments is not const, but nothing writes to them.
    UnsafeRawPointer(list).assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
  }

  /// Its exit status; 128 and more where a signal ended it.
  static func wait(_ process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      if errno != EINTR { return -1 }
    }
    return exitStatus(status)
  }

  static func exitStatus(_ status: Int32) -> Int32 {
    status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  /// What a program writes to both its output streams. `words` is what it reads: less than a pipe
  /// holds.
  /// - Throws: `Failure` with its words where it does not end with 0.
  @discardableResult
  static func output(
    _ path: String, _ arguments: [String], as user: ServerUser? = nil, folder: String = "/",
    words: String = "", environment: [String] = []
  ) throws(Failure) -> String {
    let input = words.isEmpty ? -1 : try filledPipe(words)
    defer { if input >= 0 { close(input) } }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw Failure(description: "cannot make a pipe: \(String(cString: strerror(errno)))")
    }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    defer { close(ends[0]) }
    let process: pid_t
    do {
      process = try start(
        path, arguments, as: user, folder: folder, input: input, output: ends[1], errors: ends[1],
        environment: environment)
    } catch {
      close(ends[1])
      throw error
    }
    close(ends[1])
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let status = wait(process)
    guard status == 0 else {
      throw Failure(description: "\(path) ended with status \(status): \(text.suffix(2000))")
    }
    return text
  }

  private static func filledPipe(_ words: String) throws(Failure) -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw Failure(description: "cannot make a pipe: \(String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    let bytes = Array(words.utf8)
    guard bytes.count <= 65536, write(ends[1], bytes, bytes.count) == bytes.count else {
      close(ends[0])
      throw Failure(description: "cannot write to a pipe")
    }
    return ends[0]
  }
}
