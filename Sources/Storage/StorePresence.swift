import FileSystem
import Glibc
import LMDB
import SchemaModel
import StoreFormat

extension Store {
  /// A store that was being made when its maker was killed is none, and is made to the end.
  /// - Throws: `StoreError.alreadyAStore`; `.file` where a part of one is there: it may be all that is left.
  static func expectNoStore(at directory: String) throws {
    let log = logPath(directory)
    if !hasLog(log) {
      let parts = otherParts(of: directory)
      if parts.isEmpty { return }
      throw remains(of: parts, at: directory, "its log is gone")
    }
    do {
      _ = try open(at: directory, readOnly: true)
    } catch StoreError.notAStore, StoreError.inconsistent {
      if try isUnfinished(log) { return }
      throw remains(of: ["log"], at: directory, "it cannot be opened")
    }
    throw StoreError.alreadyAStore(directory)
  }

  /// False also for what LMDB leaves that was stopped while it made the file.
  private static func hasLog(_ log: String) -> Bool {
    Files.exists(log + "/data.mdb") && !Environment.isUnfinished(log + "/data.mdb")
  }

  /// LMDB makes a file that is not there; one that is too short it refuses.
  static func removeUnfinished(_ log: String) throws {
    let path = log + "/data.mdb"
    guard Files.exists(path), Environment.isUnfinished(path) else { return }
    guard unlink(path) == 0 else {
      throw StoreError.file("cannot remove it: \(FileError.reason())", path: path)
    }
  }

  private static func otherParts(of directory: String) -> [String] {
    ["archive", "projection.sqlite"].filter { Files.exists(directory + "/" + $0) }
  }

  /// - Throws: `StoreError.notAStore`; `.inconsistent` where the log is gone or empty and the rest of a
  ///   store is there.
  static func expectLog(at directory: String) throws {
    let path = logPath(directory) + "/data.mdb"
    let isThere = Files.exists(path)
    if isThere, !Environment.isUnfinished(path) { return }
    let parts = otherParts(of: directory)
    guard !parts.isEmpty else { throw StoreError.notAStore(directory) }
    throw StoreError.inconsistent(
      "its log is \(isThere ? "empty" : "gone"), beside \(parts.joined(separator: " and ")): put a copy of "
        + "\(path) back; without one, 'strata verify --salvage DIR' takes what the rest holds")
  }

  private static func remains(
    of parts: [String], at directory: String, _ why: String
  ) -> StoreError {
    .file(
      "expected no store here, found \(parts.joined(separator: " and ")) of one, and \(why); nothing was "
        + "made. Look at it with 'strata verify', or move it away", path: directory)
  }

  /// Whether nothing was ever written to its databases.
  static func isUnfinished(_ log: String) throws -> Bool {
    try translating(log) {
      let environment = try Environment.open(
        path: log, options: Environment.Options(isReadOnly: true))
      guard try environment.damagedPages().isEmpty else { return false }
      for name in Keys.all {
        guard let database = try environment.existingDatabase(name) else { continue }
        if try environment.read({ try $0.statistics(database).entryCount }) > 0 { return false }
      }
      return true
    }
  }
}
