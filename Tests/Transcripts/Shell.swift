import EnginePostgreSQL
import Foundation

/// A folder of its own in which commands run with the built `strata` on the path.
final class Shell {
  let folder: URL

  /// The binary that was built with the tests; STRATA_BINARY names another.
  static let binary: URL = {
    if let named = ProcessInfo.processInfo.environment["STRATA_BINARY"] {
      return URL(filePath: named)
    }
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: program).deletingLastPathComponent().appending(path: "strata")
  }()

  /// The environment of a Python with Alembic, made by tools/test; nil where there is none.
  static let virtualEnvironment: String? = {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? ""
    let python =
      environment["STRATA_TEST_PYTHON"] ?? "\(home)/.cache/strata/venv-alembic/bin/python"
    guard FileManager.default.isExecutableFile(atPath: python) else { return nil }
    return URL(filePath: python).deletingLastPathComponent().deletingLastPathComponent().path
  }()

  /// A PostgreSQL server that belongs to the session's user.
  var server: PostgreSQLLocation?

  /// Where ready data folders are kept: the user's own place, as the home is the session's.
  static let cache: String = {
    let environment = ProcessInfo.processInfo.environment
    return environment["STRATA_CACHE"] ?? "\(environment["HOME"] ?? "/tmp")/.cache/strata"
  }()

  /// A server at which the role ann needs a password.
  static func server() throws -> PostgreSQLCluster {
    try PostgreSQLCluster(
      settings: ["password_encryption": "scram-sha-256"],
      authentication: ["local all ann scram-sha-256", "local all all trust"])
  }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "strata-transcript-\(UUID().uuidString.prefix(8))")
    for name in ["work", "home", "tmp"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var work: URL { folder.appending(path: "work") }

  /// Runs a command line; both streams in the order in which they were written.
  func run(_ command: String, mergesErrors: Bool = true) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", mergesErrors ? "exec 2>&1\n\(command)" : command]
    process.currentDirectoryURL = work
    var environment = [
      "PATH": "\(Self.binary.deletingLastPathComponent().path):/usr/local/bin:/usr/bin:/bin",
      "HOME": folder.appending(path: "home").path, "TMPDIR": folder.appending(path: "tmp").path,
      "STRATA_AUTHOR": "Ann Lee <ann@example.org>", "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1",
      // A terminal that nobody reads at would wait for a key.
      "STRATA_PAGER": "cat",
      "GIT_CEILING_DIRECTORIES": folder.path,
    ]
    environment["VIRTUAL_ENV"] = Self.virtualEnvironment
    environment["STRATA_CACHE"] = Self.cache
    environment["STRATA_PG_TMPDIR"] = ProcessInfo.processInfo.environment["STRATA_PG_TMPDIR"]
    environment["SERVER"] = server?.url
    environment["PGHOST"] = server?.host
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  /// What is left in the temporary folder: nothing should be.
  var leftovers: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "tmp").path)) ?? []
  }

  /// The lines of an output with what changes from run to run masked, and the code where not 0.
  func masked(_ result: (code: Int32, output: String)) -> [String] {
    var text = result.output
    text = text.replacing(work.path, with: "<dir>").replacing(folder.path, with: "<folder>")
    if let python = Self.virtualEnvironment { text = text.replacing(python, with: "<venv>") }
    let today = Date.now.formatted(.iso8601.year().month().day())
    // Only what is newer than every date in the transcripts comes from the clock.
    text = text.replacing(/20(2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/, with: "<time>")
    text = text.replacing(today, with: "<today>")
    text = text.replacing(/\b[0-9a-f]{64}\b/.wordBoundaryKind(.simple), with: "<sha256>")
    text = text.replacing(/\b[0-9a-f]{40}\b/.wordBoundaryKind(.simple), with: "<fingerprint>")
    text = text.replacing(
      /\b[0-9a-f]{12}\b/.wordBoundaryKind(.simple), with: "<hash>")
    text = text.replacing(/\/[\w\/.-]*\/strata-pg-[\w-]+/, with: "<socket>")
    text = text.replacing(/strata_scratch_[0-9a-f]{32}/, with: "<scratch>")
    text = text.replacing(/process \d+/, with: "process <pid>")
    text = text.replacing(/PostgreSQL 1\d(\.\d+)?\b/, with: "PostgreSQL <version>")
    text = text.replacing(
      /Alembic \d[\w.]*, SQLAlchemy [\w.]+, Python [\w.]+, (SQLite|driver \w+) [\w.]+/,
      with: "Alembic <version>")
    text = text.replacing(/postgresql-1\d\b/, with: "postgresql-<major>")
    text = text.replacing(/\b\d+(\.\d+)? (bytes|KiB|MiB)/, with: "<size>")
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    if result.code != 0 { lines.append("[\(result.code)]") }
    while lines.last == "" { lines.removeLast() }
    return lines
  }
}
