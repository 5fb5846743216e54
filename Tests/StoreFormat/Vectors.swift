import RandomSchemas
import SchemaModel
import StoreFormat
import Testing

/// Bytes with a name, and the way to read them and write them again.
struct Vector: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let reencode: @Sendable ([UInt8]) throws -> [UInt8]

  var testDescription: String { name }
}

/// Everything of which `store/vectors/` keeps the bytes.
enum Vectors {
  static var all: [Vector] { facts + operations + nodes }

  static var facts: [Vector] {
    Examples.facts.map { name, fact in
      let bytes = EventRecord.encode(Examples.event(fact), after: Examples.hash).bytes
      return Vector(name: "event-" + name, bytes: bytes) { bytes in
        let record = try decode(bytes) { try EventRecord($0) }
        return EventRecord.encode(record.event, after: record.previous).bytes
      }
    }
  }

  static var operations: [Vector] {
    Examples.operations.map { name, change in
      Vector(name: "operation-" + name, bytes: StoreFormatTests.bytes(of: change)) {
        StoreFormatTests.bytes(of: try operation($0))
      }
    }
  }

  static var nodes: [Vector] {
    [
      object("object-table", Examples.table), object("object-index", Examples.index),
      object("object-view", Examples.view), leaf, branch, rows, chunk, source,
      Vector(name: "state", bytes: state.bytes) { try decode($0) { try StoreState($0) }.bytes },
      Vector(
        name: "revision-entry",
        bytes: RevisionEntry(Examples.revision, sequence: EventSequence(7)).bytes
      ) { try decode($0) { try RevisionEntry($0) }.bytes },
      Vector(name: "revision-entry-with-root", bytes: entryWithRoot.bytes) {
        try decode($0) { try RevisionEntry($0) }.bytes
      },
    ]
  }

  private static var entryWithRoot: RevisionEntry {
    var entry = RevisionEntry(Examples.revision, sequence: EventSequence(7))
    entry.rootNode = branch.bytes
    return entry
  }

  private static func object(_ name: String, _ object: SchemaObject) -> Vector {
    Vector(name: name, bytes: ContentNode.bytes(of: object)) {
      ContentNode.bytes(of: try decode($0) { try ContentNode.object($0) })
    }
  }

  private static func node(_ name: String, _ node: SnapshotNode) -> Vector {
    Vector(name: name, bytes: node.bytes) { try decode($0) { try SnapshotNode($0) }.bytes }
  }

  private static var leaf: Vector {
    node(
      "leaf",
      .leaf(Examples.schema.paths.map { SnapshotEntry(path: $0, content: Examples.hash) }))
  }

  private static var branch: Vector {
    node(
      "branch",
      .branch(
        count: 40,
        children: [(0, Examples.hash), (1, ContentHash(5, 6, 7, 8)), (3, Examples.hash)]))
  }

  private static var source: Vector {
    Vector(name: "source", bytes: ContentNode.bytes(ofSource: Array("CREATE TABLE a (b);\n".utf8)))
    {
      ContentNode.bytes(ofSource: try decode($0) { try ContentNode.source($0) })
    }
  }

  private static var rows: Vector {
    Vector(name: "row-set", bytes: encodedRows.header) { bytes in
      let header = try decode(bytes) { try RowCodec.header($0) }
      var writer = FieldWriter()
      writer.append(NodeKind.rowSet.rawValue)
      writer.texts(1, header.columns)
      for chunk in header.chunks { writer.hash(2, chunk) }
      // The count is for people and tools; the rows are counted where they are read.
      let count = try decode(bytes) { bytes -> UInt64 in
        var reader = FieldReader(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()), of: "a set")
        var count: UInt64 = 0
        while let field = try reader.next() { if field.number == 3 { count = try field.integer() } }
        return count
      }
      writer.number(3, count)
      return writer.bytes
    }
  }

  private static var chunk: Vector {
    Vector(name: "row-chunk", bytes: encodedRows.chunk) { bytes in
      let rows = try decode(bytes) { try RowCodec.rows($0, width: Examples.rows.columns.count) }
      var chunk: [UInt8] = []
      _ = RowCodec.encode(RowSet(columns: Examples.rows.columns, rows: rows)) {
        chunk = $0
        return ContentHash(of: $0)
      }
      return chunk
    }
  }

  private static var encodedRows: (header: [UInt8], chunk: [UInt8]) {
    var chunk: [UInt8] = []
    let header = RowCodec.encode(Examples.rows) {
      chunk = $0
      return ContentHash(of: $0)
    }
    return (header, chunk)
  }

  static var state: StoreState {
    var state = StoreState(dialect: Dialect("sqlite"))
    state.lastSequence = EventSequence(12)
    state.lastHash = Examples.hash
    state.firstSequence = EventSequence(10)
    state.firstPrevious = ContentHash(5, 6, 7, 8)
    state.heads = ["1a2b3c4d5e6f", "ffffffffffff"]
    state.root = "1a2b3c4d5e6f"
    state.segments = [
      ArchivedSegmentState(reference: Examples.segment, truncation: EventSequence(10))
    ]
    state.runners = [Examples.runner]
    state.pending = PendingFolder(
      directory: "/srv/app/migrations", writes: ["1a2b_baseline.py": Array("upgrade".utf8)],
      removes: ["1a2b_users.py"])
    return state
  }
}
