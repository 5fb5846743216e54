import SchemaModel
import Documents
import FileSystem
import Glibc
import Importers
import Workflows

/// Runs commands as a person would, each printed before its output.
struct DemoSession {
  func say(_ text: String) { Console.print(["", Style.strong("# \(text)")]) }

  /// - Throws: `.engine` where the command ends with another code than 0.
  func strata(_ arguments: [String]) throws {
    let shown = arguments.map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ")
    Console.print(["", "$ strata \(shown)"])
    try check(spawn("/proc/self/exe", ["strata"] + arguments), "strata \(shown)")
  }

  func shell(_ line: String) throws {
    Console.print(["", "$ \(line)"])
    try check(spawn("/bin/sh", ["sh", "-c", line]), line)
  }

  var hasAlembic: Bool {
    // The interpreter that the import will choose.
    let python = PythonInterpreter.choose(explicit: nil, folder: Files.workingDirectory).executable
    return spawn("/bin/sh", ["sh", "-c", "'\(python)' -c 'import alembic' >/dev/null 2>&1"]) == 0
  }

  /// Commits each migration under its author's name, so that blame has names to tell; without git
  /// it has none.
  func commitToGit() {
    var lines = [
      "set -e", "git init -q .",
      "export GIT_COMMITTER_NAME=Demo GIT_COMMITTER_EMAIL=demo@example.org",
    ]
    for migration in DemoSQLHistory.migrations {
      lines.append("git add migrations/\(migration.name)")
      lines.append(
        "GIT_COMMITTER_DATE=\(migration.date) git commit -q -m \(migration.name) "
          + "--author '\(migration.author)' --date \(migration.date)")
    }
    _ = spawn(
      "/bin/sh", ["sh", "-c", "(" + lines.joined(separator: "\n") + "\n) >/dev/null 2>&1"])
  }

  private func check(_ code: Int32, _ line: String) throws {
    guard code == 0 else {
      throw WorkflowError.engine(
        "expected '\(line)' to end with 0, found \(code); the demo stops here")
    }
  }

  private func spawn(_ program: String, _ arguments: [String]) -> Int32 {
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // An ignored SIGPIPE would be inherited.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var child = pid_t()
    guard posix_spawn(&child, program, nil, &attributes, pointers, environ) == 0 else { return 127 }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }
}
