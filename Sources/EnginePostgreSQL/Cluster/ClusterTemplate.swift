internal import SchemaModel
internal import FileSystem

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A data folder as initdb makes it, kept from one run to the next: copying it is ten times faster.
///
/// It lies in `$STRATA_CACHE/postgres` or `~/.cache/strata/postgres`, one folder for each version,
/// options, installed extensions and user. Without a place to keep it, every cluster calls initdb itself.
struct ClusterTemplate {
  let programs: ServerPrograms
  let user: ServerUser

  /// Raised when the options change: the folder's name holds it.
  static let generation = 3
  static let options = [
    "--no-sync", "--encoding=UTF8", "--auth=trust", "--username=\(ClusterRoles.superuser)",
    "--wal-segsize=4",
  ]

  private var cached: String? {
    let root: String
    if let folder = Subprogram.variable("STRATA_CACHE") {
      root = folder
    } else if let folder = Subprogram.variable("XDG_CACHE_HOME") {
      root = folder + "/strata"
    } else if let folder = Subprogram.variable("HOME") {
      root = folder + "/.cache/strata"
    } else {
      return nil
    }
    guard root.hasPrefix("/") else { return nil }
    return "\(root)/postgres/\(programs.version)-\(Self.generation)."
      + "\(ServerMirror.stamp(of: programs))-\(user.user)"
  }

  /// The file of the data folder that has the superuser's password. It is made at random with the
  /// template, and only its owner can read it.
  static let passwordFile = "strata_password"

  /// Makes `folder/data`.
  /// - Throws: `PostgreSQLEngineError.cluster`.
  func make(in folder: String) throws(PostgreSQLEngineError) {
    let target = folder + "/data"
    if let cached, access(cached + "/PG_VERSION", F_OK) == 0 {
      do {
        try copy(cached, target)
        return
      } catch {
        // Cut short or taken away meanwhile: made anew below.
        _ = try? Subprogram.output("/bin/rm", ["-rf", target, cached])
      }
    }
    try initialize(target, folder)
    if let cached { keep(target, cached) }
  }

  /// With owners and times: the server insists on its own folder.
  private func copy(_ source: String, _ target: String) throws(Subprogram.Failure) {
    #if canImport(Glibc)
      try Subprogram.output("/bin/cp", ["-a", "--reflink=auto", source, target])
    #else
      try Subprogram.output("/bin/cp", ["-Rpc", source, target])
    #endif
  }

  private func initialize(
    _ target: String, _ folder: String
  ) throws(PostgreSQLEngineError) {
    var failure = ""
    let password = folder + "/" + Self.passwordFile
    defer { unlink(password) }
    try writePassword(password)
    // Not every system has C.UTF-8; its order of texts is C's.
    for locale in ["C.UTF-8", "C"] {
      do {
        try Subprogram.output(
          programs.folder + "/initdb",
          Self.options + [
            "--locale=\(locale)", "--pgdata=\(target)", "--auth-local=scram-sha-256",
            "--pwfile=\(password)",
          ], as: user, folder: folder)
        try setUp(target, folder)
        ServerMirror.make(of: programs, in: target, user)
        try Subprogram.output("/bin/mv", [password, target], as: user, folder: folder)
        return
      } catch {
        failure = error.description
        _ = try? Subprogram.output("/bin/rm", ["-rf", target])
      }
    }
    throw .cluster(failure)
  }

  private func writePassword(_ path: String) throws(PostgreSQLEngineError) {
    let text = (0..<4).map { _ in ProcessMark.hexadecimal(UInt32.random(in: 0...UInt32.max)) }
    do {
      try FileWriter.create(
        path, Array((text.joined() + "\n").utf8), mode: 0o600,
        ownedBy: user.other.map { _ in (user.user, user.group) })
    } catch {
      throw .cluster("cannot write \(path): \(error.reason)")
    }
  }

  /// Roles and privileges, by the server's single-user mode: one statement is one line.
  private func setUp(_ data: String, _ folder: String) throws(Subprogram.Failure) {
    let lines = ClusterRoles.setupOfTemplate(version: programs.majorVersion)
    let shared = ClusterRoles.setup(version: programs.majorVersion)
    for (database, statements) in [
      ("postgres", shared + lines), ("template1", lines), ("template0", lines),
    ] {
      try Subprogram.output(
        programs.folder + "/postgres",
        ["--single", "-O", "-F", "-D", data, "-c", "exit_on_error=true", database], as: user,
        folder: folder, words: statements.map { $0 + "\n" }.joined())
    }
  }

  /// Another process may do the same at the same time: the first one's stays.
  private func keep(_ data: String, _ cached: String) {
    let parent = String(cached.prefix(upTo: cached.lastIndex(of: "/") ?? cached.startIndex))
    let beside = "\(cached).new-\(getpid())"
    removeUnfinished(in: parent)
    do {
      try Files.makeDirectory(parent)
      try copy(data, beside)
      if rename(beside, cached) == 0 {
        removeOlder(than: cached, in: parent)
        return
      }
    } catch {}
    _ = try? Subprogram.output("/bin/rm", ["-rf", beside])
  }

  /// Copies of which the process was killed.
  private func removeUnfinished(in parent: String) {
    for name in Files.names(in: parent) {
      guard let mark = name.firstRange(of: ".new-"), let process = pid_t(name[mark.upperBound...]),
        process == getpid() || kill(process, 0) != 0 && errno == ESRCH
      else { continue }
      _ = try? Subprogram.output("/bin/rm", ["-rf", parent + "/" + name])
    }
  }

  /// Templates of the same major version, of which no server is on this machine any more.
  private func removeOlder(than cached: String, in parent: String) {
    for name in Files.names(in: parent)
    where name.hasPrefix("\(programs.majorVersion).") && name.hasSuffix("-\(user.user)")
      && parent + "/" + name != cached
    {
      _ = try? Subprogram.output("/bin/rm", ["-rf", parent + "/" + name])
    }
  }
}
