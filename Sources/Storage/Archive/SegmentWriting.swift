import FileSystem
import Glibc
import LMDB
public import SchemaModel
import StoreFormat

extension Store {
  /// Writes a segment beside its final name, and moves it there when it is whole and on the disk.
  /// Nothing of the log is changed.
  public func writeSegment(_ plan: SegmentPlan) throws -> SegmentReference {
    try StoreError.mapping("cannot make the folder", path: archivePath) { () throws(FileError) in
      try Files.makeDirectory(archivePath)
    }
    // The folder may be new: the segment is as durable as the name that leads to it.
    try Self.sync(directory)
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
      try Self.sync(archivePath)
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
    state.heads = plan.heads
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
    Set(Files.names(in: archivePath)).subtracting(known.map(\.name)).sorted()
  }

  /// Removes a segment's file, after it was put back into the log.
  public func removeSegment(_ reference: SegmentReference) throws {
    let path = archivePath + "/" + reference.name
    guard unlink(path) == 0 || errno == ENOENT else {
      throw StoreError.file("cannot remove it: \(FileError.reason())", path: path)
    }
    try Self.sync(archivePath)
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
