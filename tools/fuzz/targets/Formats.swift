@testable import SchemaModel
@testable import StoreFormat

extension FuzzTarget {
  /// What the log, its segments and the snapshots hold.
  static let formats: [FuzzTarget] = [
    // The hash is put right: else no input would come further than to it.
    FuzzTarget("event") { bytes in
      let whole = Array(bytes) + ContentHash(of: Array(bytes)).bytes
      let record = try whole.withUnsafeBytes { try EventRecord($0) }
      let (again, hash) = EventRecord.encode(record.event, after: record.previous)
      let other = try again.withUnsafeBytes { try EventRecord($0) }
      precondition(other.event == record.event, "an event changes when it is written again")
      precondition(other.hash == hash && other.previous == record.previous)
    },
    FuzzTarget("node") { bytes in
      let node = try SnapshotNode(bytes)
      precondition(node.count >= 0)
      let again = try node.bytes.withUnsafeBytes { try SnapshotNode($0) }
      precondition(again.bytes == node.bytes, "a node changes when it is written again")
    },
    // Two nodes of one tree, the second behind the first's length.
    FuzzTarget("differences") { bytes in
      guard let first = bytes.first else { return }
      let middle = min(bytes.count, 1 + Int(first))
      let nodes = TwoNodes(old: Array(bytes[1..<max(1, middle)]), new: Array(bytes[middle...]))
      var count = 0
      try SnapshotTree.differences(from: TwoNodes.oldHash, to: TwoNodes.newHash, in: nodes) {
        _, old, new in
        precondition(old != new, "what is alike is told as different")
        count += 1
      }
    },
    FuzzTarget("object") { bytes in
      _ = try? ContentNode.owningTable(bytes)
      let object = try ContentNode.object(bytes)
      let written = ContentNode.bytes(of: object)
      let again = try written.withUnsafeBytes { try ContentNode.object($0) }
      precondition(again == object, "an object changes when it is written again")
      let table = try written.withUnsafeBytes { try ContentNode.owningTable($0) }
      precondition(table == object.owningTable, "the table is read in two ways")
    },
    FuzzTarget("rows") { bytes in
      guard let width = bytes.first else { return }
      let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
      if let header = try? RowCodec.header(rest) { precondition(header.rowCount >= 0) }
      for row in try RowCodec.rows(rest, width: Int(width)) { precondition(row.count == width) }
    },
    FuzzTarget("entry") { bytes in
      _ = try? RevisionEntry.root(bytes)
      let entry = try RevisionEntry(bytes)
      let again = try entry.bytes.withUnsafeBytes { try RevisionEntry($0) }
      precondition(again.bytes == entry.bytes, "an entry changes when it is written again")
    },
    FuzzTarget("state") { bytes in
      let state = try StoreState(bytes)
      let again = try state.bytes.withUnsafeBytes { try StoreState($0) }
      precondition(
        again.bytes == state.bytes, "the state changes when it is written again: \(state), \(again)"
      )
    },
  ]

  /// What is kept elsewhere and given back.
  static let notes: [FuzzTarget] = [
    FuzzTarget("note") { bytes in
      let note = try SignedNote(text(bytes))
      let again = try SignedNote(note.note)
      precondition(again == note, "a note changes when it is written again")
      let checkpoint = try Checkpoint(text: note.text)
      _ = try Checkpoint(text: checkpoint.text)
    },
    FuzzTarget("key") { bytes in
      _ = Base64.bytes(text(bytes)).map { precondition(Base64.bytes(Base64.text($0)) == $0) }
      let key = try VerifyingKey(text(bytes))
      let again = try VerifyingKey("\(key)")
      precondition(again == key)
    },
  ]
}

/// A tree's two roots, and nothing below them.
private struct TwoNodes: NodeReader {
  static let oldHash = ContentHash(of: [0])
  static let newHash = ContentHash(of: [1])

  let old: [UInt8]
  let new: [UInt8]

  func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    switch hash {
    case Self.oldHash: try old.withUnsafeBytes(body)
    case Self.newHash: try new.withUnsafeBytes(body)
    default: throw FormatError.malformed("a node", expected: "one that is there")
    }
  }
}
