public import SchemaModel
import Storage
import StoreFormat

/// What shows to whoever has no more than a checkpoint that an event belongs to it, and, of a revision, that
/// its schema had an object. `tools/prove/check.py` checks it.
public struct HistoryProof: Sendable {
  /// The nodes of a snapshot's tree that lead to an object.
  public struct Object: Sendable {
    /// The object's path, as the tree's leaf has it.
    public var path: [UInt8]
    /// From the root that the revision names to the leaf.
    public var nodes: [[UInt8]]
    /// The object's own node.
    public var content: [UInt8]
    /// The column that is asked for; nil for the object alone.
    public var column: String?
  }

  /// The event's record.
  public var record: [UInt8]
  /// Its audit path in the Merkle tree of the checkpoint.
  public var path: [ContentHash]
  /// The checkpoint, with its signatures where it has any.
  public var checkpoint: String
  /// What the schema held; nil where only the event is proved.
  public var object: Object?
}

extension History {
  /// Proves that an event belongs to the history.
  /// - Parameter kept: the checkpoint under which it is proved; nil for one of now.
  /// - Throws: `HistoryError.unusableName` for an event that is not in it; `.unexpected` where the
  ///   history does not go through it; `.store` for a missing segment.
  public func proof(
    ofEvent sequence: EventSequence, under kept: String? = nil
  ) throws -> HistoryProof {
    try inOneState { try proof(of: sequence, nil, under: kept) }
  }

  /// Proves that a revision belongs to the history, and that its schema had an object.
  /// - Throws: the same; `HistoryError.unknownRevision`.
  public func proof(
    of id: RevisionID, object name: ObjectName? = nil, under kept: String? = nil
  ) throws -> HistoryProof {
    try inOneState { try proof(of: entry(id).entry.sequence, name, under: kept) }
  }

  private func proof(
    of sequence: EventSequence, _ name: ObjectName?, under kept: String?
  ) throws -> HistoryProof {
    let records = try linkedRecords()
    let (checkpoint, note) = try checkpoint(kept, in: records)
    guard sequence.value > 0, sequence.value <= checkpoint.size else {
      throw HistoryError.unusableName(
        "\(sequence)", what: "an event to be proved",
        why: "its checkpoint has the events #1 to #\(checkpoint.size)")
    }
    let path = records.tree.path(to: Int(sequence.value) - 1, of: Int(checkpoint.size))
    return try withLog(holding: sequence) { log in
      let record = try log.recordBytes(sequence).map { Array($0) }
      var proof = HistoryProof(record: record ?? [], path: path, checkpoint: note, object: nil)
      if let name, case .revisionRecorded(let revision) = try log.event(sequence).event.fact {
        proof.object = try Self.object(name, root: revision.snapshot.hash, in: log)
      }
      return proof
    }
  }

  private func checkpoint(
    _ kept: String?, in records: LinkedRecords
  ) throws -> (Checkpoint, note: String) {
    guard let kept else {
      let checkpoint = records.checkpoint()
      return (checkpoint, checkpoint.text)
    }
    var expectations = Expectations()
    try expectations.expect(checkpoint: kept, named: "the checkpoint")
    var report = VerifyReport()
    report.look(for: expectations.checkpoints[0], in: records)
    if let finding = report.findings.first {
      throw HistoryError.unexpected("\(finding.place): \(finding.message)")
    }
    return (expectations.checkpoints[0].checkpoint, expectations.checkpoints[0].note.note)
  }

  private static func object(
    _ name: ObjectName, root: ContentHash, in log: LogReader
  ) throws -> HistoryProof.Object {
    let walk = NodeWalk(log: log)
    guard let content = try SnapshotTree.content(at: name.path, root: root, in: walk) else {
      throw HistoryError.unknownObject(name.path.qualifiedName, nearest: [])
    }
    return HistoryProof.Object(
      path: name.path.encoded, nodes: walk.nodes,
      content: try log.withNode(content) { Array($0) }, column: name.column)
  }
}

/// Reads nodes, and keeps what was read.
private final class NodeWalk: NodeReader {
  let log: LogReader
  var nodes: [[UInt8]] = []

  init(log: LogReader) { self.log = log }

  func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    try log.withNode(hash) {
      nodes.append(Array($0))
      return try body($0)
    }
  }
}
