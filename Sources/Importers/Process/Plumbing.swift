import Glibc

/// The six ends between us and a child. All are closed by exec, so no other child inherits them.
struct Plumbing {
  private var childInput: Int32 = -1
  private var childOutput: Int32 = -1
  private var childErrors: Int32 = -1
  private(set) var ourEnds: (input: Int32, output: Int32, errors: Int32) = (-1, -1, -1)

  init(for executable: String) throws {
    do {
      (ourEnds.input, childInput) = try Self.pair()
      (ourEnds.output, childOutput) = try Self.pair()
      (ourEnds.errors, childErrors) = try Self.pair()
      // dup2 in the child must not overwrite an end that it still needs.
      for end in [\Plumbing.childInput, \.childOutput, \.childErrors] where self[keyPath: end] < 3 {
        let moved = fcntl(self[keyPath: end], F_DUPFD_CLOEXEC, 3)
        guard moved >= 3 else { throw Failure() }
        close(self[keyPath: end])
        self[keyPath: end] = moved
      }
    } catch {
      let reason = String(cString: strerror(errno))
      closeChildEnds()
      closeOurEnds()
      throw SubprocessError.cannotStart(executable: executable, reason: reason)
    }
  }

  private struct Failure: Error {}

  /// Sockets rather than pipes: they close on exec from the start, and writing to a dead child
  /// can be asked to give an error instead of SIGPIPE.
  private static func pair() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failure() }
    return (ends[0], ends[1])
  }

  func closeChildEnds() {
    for end in [childInput, childOutput, childErrors] where end >= 0 { close(end) }
  }

  func closeOurEnds() {
    for end in [ourEnds.input, ourEnds.output, ourEnds.errors] where end >= 0 { close(end) }
  }

  func spawn(
    _ executable: String, _ arguments: [String], environment: [String: String]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, end) in [childInput, childOutput, childErrors].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, end, Int32(number))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGPIPE, SIGTERM, SIGINT] { sigaddset(&defaults, signal) }
    var blocked = sigset_t()
    sigemptyset(&blocked)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var pid: pid_t = 0
    let result = withCStrings([executable] + arguments) { argv in
      withCStrings(Self.merged(environment)) { envp in
        posix_spawnp(&pid, executable, &actions, &attributes, argv, envp)
      }
    }
    guard result == 0 else {
      throw SubprocessError.cannotStart(
        executable: executable, reason: String(cString: strerror(result)))
    }
    return pid
  }

  private static func merged(_ changes: [String: String]) -> [String] {
    var all = Environment.current
    all.merge(changes) { _, new in new }
    return all.map { "\($0.key)=\($0.value)" }
  }

  private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
