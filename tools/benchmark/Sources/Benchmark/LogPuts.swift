import CLMDB
import SchemaModel
import Storage
import StoreFormat

/// Reads back what a recording wrote: the same keys and values, in the order in which they came.
struct LogPuts {
  private let store: Store
  private var last = EventSequence(0)
  private var seen: Set<ContentHash> = []

  init(_ directory: String) throws {
    store = try Store.open(at: directory)
  }

  /// All that was written since the last call.
  mutating func next() throws -> [Put] {
    var puts: [Put] = []
    var seen = seen
    var last = last
    try store.read { log in
      var subjects: Set<ObjectPath> = []
      var open: (Revision, EventSequence)?
      func close() throws {
        guard let (revision, sequence) = open else { return }
        for path in subjects {
          puts.append(Put(database: 4, key: Keys.touch(path, sequence), value: []))
        }
        var entry = RevisionEntry(revision, sequence: sequence)
        entry.rootNode = try log.withNode(entry.snapshot) { Array($0) }
        puts.append(Put(database: 2, key: Array(revision.id.text.utf8), value: entry.bytes))
        open = nil
        subjects = []
      }
      try log.forEachRecord(from: last.next) { sequence, bytes in
        let record = try EventRecord(bytes)
        if case .revisionRecorded(let revision) = record.event.fact {
          try close()
          open = (revision, sequence)
          try Self.nodes(revision.snapshot.hash, log, &seen, &puts)
        }
        if case .operation(let operation, _) = record.event.fact {
          subjects.formUnion(operation.subjects)
        }
        puts.append(
          Put(
            database: 1, key: Self.bytes(sequence.value), value: Array(bytes),
            flags: UInt32(MDB_APPEND)))
        last = sequence
        return true
      }
      try close()
      puts.append(Put(database: 0, key: Keys.state, value: try log.state().bytes))
    }
    self.seen = seen
    self.last = last
    return puts
  }

  private static func nodes(
    _ root: ContentHash, _ log: LogReader, _ seen: inout Set<ContentHash>, _ puts: inout [Put]
  ) throws {
    var fresh: [ContentHash] = []
    var found = seen
    seen = []
    try SnapshotTree.forEachNode(root: root, in: log) { hash, node in
      guard found.insert(hash).inserted else { return false }
      fresh.append(hash)
      if case .leaf(let entries) = node {
        for entry in entries where found.insert(entry.content).inserted {
          fresh.append(entry.content)
        }
      }
      return true
    }
    seen = found
    for hash in fresh.reversed() {
      puts.append(
        Put(
          database: 3, key: hash.withNodeKey { Array($0) },
          value: try log.withNode(hash) { Array($0) },
          flags: UInt32(MDB_NOOVERWRITE)))
    }
  }

  private static func bytes(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
