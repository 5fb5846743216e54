import FileSystem
import Glibc
import SchemaModel

/// The program in which a long answer is read, as git has it: on a terminal only.
enum Pager {
  nonisolated(unsafe) private static var process: pid_t?

  static var isRunning: Bool { process != nil }

  /// What `less` is told where nobody says otherwise: an answer of one screen stays on the screen,
  /// colours are shown, and nothing is wiped at the end.
  private static let usualOptions = "FRX"

  /// Whether what is printed is to be read in the pager: it starts with the first of it, so that an error
  /// in its place has the terminal to itself.
  nonisolated(unsafe) static var isWanted = false

  /// Lets everything that is printed from now on be read in the pager, where it is wanted.
  static func startIfWanted() {
    guard isWanted else { return }
    isWanted = false
    start()
  }

  /// Lets everything that is printed from now on be read in a program.
  /// - Parameter program: in the place of what the user chose, where it is installed.
  static func start(_ program: String? = nil) {
    guard process == nil, isatty(STDOUT_FILENO) == 1,
      let command = program.map({ isInstalled($0) ? $0 : nil }) ?? command()
    else { return }
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return }
    // What the pager itself holds would keep it from seeing the end.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    if Environment.value("LESS") == nil { setenv("LESS", usualOptions, 1) }
    if Environment.value("LV") == nil { setenv("LV", "-c", 1) }
    // A pager that is Strata again would start one, and so on.
    setenv("STRATA_PAGER", "cat", 1)
    guard let started = spawn(command, reading: ends[0]) else {
      close(ends[1])
      return
    }
    Console.holdTerminal()
    dup2(ends[1], STDOUT_FILENO)
    close(ends[1])
    process = started
    // Ctrl-C is the pager's: without its writer the terminal would be the shell's again.
    signal(SIGINT, SIG_IGN)
  }

  /// Waits until the reader has seen enough.
  static func finish() {
    guard let pager = process else { return }
    process = nil
    close(STDOUT_FILENO)
    var status: Int32 = 0
    while waitpid(pager, &status, 0) == -1, errno == EINTR {}
  }

  /// Nil where the answer goes to the terminal as it is.
  private static func command() -> String? {
    if Environment.value("TERM") == "dumb" { return nil }
    for name in ["STRATA_PAGER", "PAGER"] {
      guard let value = getenv(name).map({ String(cString: $0).trimmingBlanks }) else { continue }
      if value.isEmpty || value == "cat" { return nil }
      if isInstalled(value) { return value }
      Console.warn("\(name) names a program that is not there: \(value); the answer is not paged")
      return nil
    }
    return isInstalled("less") ? "less" : nil
  }

  /// Whether the first word of a command is a program, by its path or on the PATH. What a shell has to
  /// read is taken for one.
  private static func isInstalled(_ command: String) -> Bool {
    let name = command.prefix { $0 != " " }
    if name.contains(where: { "$`'\"\\(;|&<>=*?~".contains($0) }) { return true }
    if name.contains("/") { return isProgram(String(name)) }
    return (Environment.value("PATH") ?? "").split(separator: ":")
      .contains { isProgram("\($0)/\(name)") }
  }

  private static func isProgram(_ path: String) -> Bool {
    Files.isFile(path) && access(path, X_OK) == 0
  }

  private static func spawn(_ command: String, reading end: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var usual = sigset_t()
    sigemptyset(&usual)
    sigaddset(&usual, SIGPIPE)
    sigaddset(&usual, SIGXFSZ)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var words: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(command), nil]
    defer { for word in words { free(word) } }
    var started: pid_t = 0
    guard posix_spawn(&started, "/bin/sh", &actions, &attributes, &words, environ) == 0 else {
      return nil
    }
    return started
  }
}
