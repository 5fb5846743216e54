import EngineSQLite
import Foundation
import LMDB
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

/// A project with a store and its migrations, and beside it what nobody may touch.
final class StoreBed: Sendable {
  let root: String
  var project: String { root + "/project" }
  var store: String { project + "/.strata" }
  var migrations: String { project + "/m" }
  var victim: String { root + "/victim" }
  var home: String { root + "/home" }

  /// Five revisions by the built command line; with `isCut` the first three are archived.
  init(isCut: Bool = false) throws {
    root = NSTemporaryDirectory() + "strata-stores-\(UUID().uuidString)"
    for folder in ["project/m", "victim/folder", "home"] {
      try FileManager.default.createDirectory(
        atPath: root + "/" + folder, withIntermediateDirectories: true)
    }
    for number in 1...5 {
      try write(
        "CREATE TABLE t\(number) (a INTEGER, b TEXT);\nINSERT INTO t\(number) VALUES (1, 'x');\n",
        migrations + "/00\(number)_t.sql")
    }
    try fillVictim()
    for words in [["init"], ["import", "sql", "m"]] + (isCut ? [["truncate", "003"]] : []) {
      let ending = try run(words)
      try #require(ending.code == 0, "\(words): \(ending.errors)")
    }
    // What was remembered while it was made is not what a store from elsewhere finds.
    try? FileManager.default.removeItem(atPath: home + "/.local")
  }

  deinit { for path in [root, kept] { try? FileManager.default.removeItem(atPath: path) } }

  private var kept: String { root + ".kept" }

  /// A copy, which a test may spoil.
  init(copying other: StoreBed) throws {
    root = NSTemporaryDirectory() + "strata-stores-\(UUID().uuidString)"
    try Self.copy(other.root, root)
  }

  /// Keeps all as it is now, for `reset`: what was crafted names this very place.
  func keep() throws { try Self.copy(root, kept) }

  func reset() throws {
    try FileManager.default.removeItem(atPath: root)
    try Self.copy(kept, root)
  }

  /// Files are left alone where none are meant.
  private static func said(_ words: [String]) -> [String] {
    guard words.contains("truncate"), !words.contains("--sql"), !words.contains("--alembic") else {
      return words
    }
    return words + ["--no-folder"]
  }

  /// Pipes, links and second names too.
  private static func copy(_ source: String, _ target: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/cp")
    process.arguments = ["-a", source, target]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private func fillVictim() throws {
    try write("do not touch\n", victim + "/precious")
    try write("do not touch either\n", victim + "/folder/precious.sql")
    try write("#!/bin/sh\ntouch '\(victim)/ran'\n", victim + "/evil")
    chmod(victim + "/evil", 0o755)
  }

  /// The binary that was built with the tests; STRATA_BINARY names another.
  static let binary: String = {
    if let named = ProcessInfo.processInfo.environment["STRATA_BINARY"] { return named }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (own as NSString).deletingLastPathComponent + "/strata"
  }()

  struct Ending {
    /// Nil where it hung or died of a signal.
    var code: Int32?
    var output: String
    var errors: String
  }

  /// Runs the command line in the project, for four minutes at most, on a machine that is busy.
  func run(_ words: [String], input: String = "", program: String = binary) throws -> Ending {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = ["-k", "1", "240", program] + Self.said(words)
    process.currentDirectoryURL = URL(fileURLWithPath: project)
    process.environment = [
      "PATH": "/usr/bin:/bin", "HOME": home, "STRATA_AUTHOR": "Ann", "LC_ALL": "C",
      "TMPDIR": NSTemporaryDirectory(),
    ]
    let place = root + "/.said-\(UUID().uuidString)"
    let files = try (0..<3).map { number in
      let path = "\(place)-\(number)"
      try write(number == 2 ? input : "", path)
      return try #require(FileHandle(forUpdatingAtPath: path))
    }
    process.standardOutput = files[0]
    process.standardError = files[1]
    process.standardInput = files[2]
    try process.run()
    process.waitUntilExit()
    let said = try (0..<2).map { try String(contentsOfFile: "\(place)-\($0)", encoding: .utf8) }
    for number in 0..<3 { try? FileManager.default.removeItem(atPath: "\(place)-\(number)") }
    let status = process.terminationStatus
    let isEnd = process.terminationReason == .exit && status < 124
    return Ending(code: isEnd ? status : nil, output: said[0], errors: said[1])
  }

  /// Everything outside of the store, byte for byte, with the kind of each thing.
  func outside() throws -> [String: String] {
    var found: [String: String] = [:]
    for top in [victim, migrations] {
      var pending = [top]
      while let path = pending.popLast() {
        var status = stat()
        guard lstat(path, &status) == 0 else { continue }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
          found[path] = "folder"
          pending += try FileManager.default.contentsOfDirectory(atPath: path)
            .map { path + "/" + $0 }
        case S_IFREG:
          let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
          found[path] = "\(status.st_mode) \(bytes.base64EncodedString())"
        default: found[path] = "\(status.st_mode)"
        }
      }
    }
    return found.mapKeys { String($0.dropFirst(root.count)) }
  }

  // MARK: Crafting

  func withState(_ change: (inout StoreState) throws -> Void) throws {
    try Store.open(at: store).write { try change(&$0.state) }
  }

  /// Puts a node under any key, right or wrong.
  func put(node bytes: [UInt8], under key: ContentHash) throws {
    let environment = try Environment.open(path: store + "/log")
    let nodes = try environment.database(Keys.nodes, create: false)
    let meta = try environment.database(Keys.meta, create: false)
    try environment.write { transaction in
      try transaction.put(nodes, key: key, value: bytes)
      // As every writer of a log does at its end.
      var state = try StoreState(try #require(try transaction.get(meta, Keys.state)))
      state.transaction = try transaction.number
      try transaction.put(meta, key: Keys.state, value: state.bytes)
    }
  }

  /// Makes the head's index entry and event name another snapshot.
  func replaceHead(snapshot: ContentHash, rows: ContentHash? = nil) throws {
    try Store.open(at: store).write { log in
      guard let head = log.state.heads.first else { return }
      let draft = RevisionDraft(id: "evil", parents: [head], message: "evil")
      let revision = Revision(
        draft: draft, source: nil, snapshot: Fingerprint(snapshot), rows: rows, operationCount: 0)
      _ = try log.append(revision, operations: [], at: Timestamp.now, by: "evil")
    }
  }

  func link(_ place: String, to target: String) throws {
    let path = store + "/" + place
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  func pipe(_ place: String) throws {
    let path = store + "/" + place
    try? FileManager.default.removeItem(atPath: path)
    try #require(mkfifo(path, 0o666) == 0)
  }

  func hardLink(_ place: String, to target: String) throws {
    let path = store + "/" + place
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.linkItem(atPath: target, toPath: path)
  }
}

extension Dictionary {
  fileprivate func mapKeys<New: Hashable>(_ body: (Key) -> New) -> [New: Value] {
    [New: Value](uniqueKeysWithValues: map { (body($0.key), $0.value) })
  }
}
