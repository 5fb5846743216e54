import FileSystem
import LMDB
public import SchemaModel
public import StoreFormat

extension Store {
  /// Makes a store that begins with the events of another one, as they were recorded.
  /// - Parameters:
  ///   - state: where the log begins, and behind which segments.
  ///   - body: writes the first transaction.
  /// - Throws: `StoreError`; what `body` throws.
  public static func create(
    at directory: String, salvaging state: StoreState, _ body: (LogWriter) throws -> Void
  ) throws -> Store {
    try create(at: directory, beginningWith: state, body)
  }

  /// Puts a copy of a sealed segment into the archive, under its own name.
  public static func copySegment(
    _ reference: SegmentReference, from path: String, to directory: String
  ) throws {
    let archive = directory + "/archive"
    try StoreError.mapping("cannot make the folder", path: archive) { () throws(FileError) in
      try Files.makeDirectory(archive)
    }
    guard let file = try translating(path, { try DamagedFile(path) }) else {
      throw StoreError.segmentMissing(reference, directory: archive)
    }
    try mappingAny(archive) {
      try FileWriter.replace(
        "\(archive)/\(reference.name)", beside: "\(archive)/.writing", isDurable: true
      ) { target in
        var offset = 0
        while offset < file.byteCount {
          let count = min(1 << 20, file.byteCount - offset)
          guard let bytes = file.read(ValuePlace(offset: offset, count: count)) else {
            throw StoreError.segmentDamaged(reference, "it cannot be read to its end")
          }
          try FileWriter.write(bytes, to: target, named: reference.name)
          offset += count
        }
      }
    }
  }

  private static func mappingAny(_ path: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as FileError {
      throw StoreError.file("cannot write there: \(error.reason)", path: path)
    }
  }
}

extension LogWriter {
  /// Appends an event as it was recorded, with its own hash.
  /// - Throws: `StoreError.inconsistent` where it does not follow the log's last one.
  public func append(recorded bytes: [UInt8], _ record: EventRecord) throws {
    guard record.event.sequence == state.lastSequence.next, record.previous == state.lastHash else {
      throw StoreError.inconsistent(
        "event \(record.event.sequence) does not follow event \(state.lastSequence)")
    }
    try transaction.put(
      databases.events, key: record.event.sequence.value, value: bytes, flags: .append)
    state.lastSequence = record.event.sequence
    state.lastHash = record.hash
  }

  /// Makes the index entries of a revision whose events and nodes are in the log, or of the root of a cut.
  /// - Parameters:
  ///   - sequence: of the revision's own event.
  ///   - paths: what it touched.
  ///   - truncation: of the cut whose root it is.
  public func enter(
    _ revision: Revision, at sequence: EventSequence, touching paths: Set<ObjectPath>,
    truncation: EventSequence? = nil
  ) throws {
    for path in paths {
      try transaction.put(databases.touches, key: Keys.touch(path, sequence), value: [])
    }
    var entry = RevisionEntry(revision, sequence: sequence)
    entry.truncation = truncation
    entry.rootNode = try reader.withNode(entry.snapshot) { Array($0) }
    try put(entry, for: revision.id)
  }
}
