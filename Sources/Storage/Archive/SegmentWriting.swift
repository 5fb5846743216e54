import Foundation
import LMDB
public import SchemaModel
import StoreFormat

extension Store {
  /// Writes a segment beside its final name, and moves it there when it is whole and on the disk.
  /// Nothing of the log is changed.
  public func writeSegment(_ plan: SegmentPlan) throws -> SegmentReference {
    do {
      try FileManager.default.createDirectory(
        atPath: archivePath, withIntermediateDirectories: true)
    } catch {
      throw StoreError.file("cannot make the folder: \(describe(error))", path: archivePath)
    }
    let scratch = archivePath + "/.writing"
    defer { Self.removeScratch(scratch) }
    Self.removeScratch(scratch)
    let last = try read { log in try fill(scratch, plan, from: log) }
    return try Self.translating(archivePath) {
      let whole = scratch + ".whole"
      let environment = try Environment.open(
        path: scratch, options: Environment.Options(isReadOnly: true, isSingleFile: true))
      try environment.copyCompact(to: whole)
      let (hash, byteCount) = try FileHash.of(whole)
      let name = "\(plan.first.value)-\(plan.last.value)-\(hash.short).segment"
      let target = archivePath + "/" + name
      guard rename(whole, target) == 0 else {
        throw LMDBError(code: errno, action: "rename \(whole)")
      }
      try DirectorySync.sync(archivePath)
      return SegmentReference(
        name: name, hash: hash, byteCount: byteCount, first: plan.first, last: plan.last,
        lastHash: last, revisionCount: plan.revisions.count)
    }
  }

  /// Copies what the plan takes into a new environment; gives the hash of its last event.
  private func fill(
    _ path: String, _ plan: SegmentPlan, from log: LogReader
  ) throws -> ContentHash {
    let environment = try Environment.open(
      path: path, options: Environment.Options(isSingleFile: true))
    let target = try LogDatabases(in: environment, create: true)
    let source = try log.state()
    var state = StoreState(dialect: source.dialect)
    state.keptTables = source.keptTables
    state.firstSequence = plan.first
    state.firstPrevious = source.firstPrevious
    state.lastSequence = plan.last
    state.root = source.root
    state.heads = [plan.root]
    state.segments = source.segments
    state.lastHash = try log.event(plan.last).hash
    let nodes = try log.nodes(of: plan).archived
    try environment.write { transaction in
      try log.forEachRecord(from: plan.first) { sequence, bytes in
        guard sequence <= plan.last else { return false }
        try transaction.put(
          target.events, key: sequence.value, value: bytes, flags: .append)
        return true
      }
      for hash in nodes.sorted() {
        _ = try log.withNode(hash) { bytes in
          try transaction.put(target.nodes, key: hash, value: bytes)
        }
      }
      try log.forEachTouch { key, sequence in
        if sequence <= plan.last { try transaction.put(target.touches, key: key, value: []) }
      }
      let writer = LogWriter(transaction: transaction, databases: target, state: state)
      for id in plan.revisions {
        if let entry = try log.entry(id) { try writer.put(entry, for: id) }
      }
      try writer.finish()
    }
    return state.lastHash
  }

  private static func removeScratch(_ path: String) {
    for suffix in ["", "-lock", ".whole"] { unlink(path + suffix) }
  }

  /// The files of the archive that no segment of the log is kept in: left by a crash, or put there
  /// by somebody.
  public func foreignArchiveFiles(known: [SegmentReference]) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: archivePath)) ?? []
    return Set(names).subtracting(known.map(\.name)).sorted()
  }

  /// Removes a segment's file, after it was put back into the log.
  public func removeSegment(_ reference: SegmentReference) throws {
    let path = archivePath + "/" + reference.name
    guard unlink(path) == 0 || errno == ENOENT else {
      throw StoreError.file("cannot remove it: \(String(cString: strerror(errno)))", path: path)
    }
    try DirectorySync.sync(archivePath)
  }
}

extension LogReader {
  func forEachTouch(
    _ body: (UnsafeRawBufferPointer, EventSequence) throws -> Void
  ) throws {
    try transaction.forEach(databases.touches) { key, _ in
      guard let sequence = Keys.touchSequence(key) else {
        throw StoreError.inconsistent("a key of the touches has \(key.count) bytes, expected 24")
      }
      try body(key, sequence)
      return true
    }
  }
}

/// Makes a rename or an unlink in a directory durable.
public enum DirectorySync {
  /// Syncs the directory itself, not what is in its files.
  /// - Throws: `StoreError.file`.
  public static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StoreError.file(
        "cannot open the folder: \(String(cString: strerror(errno)))", path: path)
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw StoreError.file(
        "cannot sync the folder: \(String(cString: strerror(errno)))", path: path)
    }
  }
}
