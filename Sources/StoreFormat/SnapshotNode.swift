public import SchemaModel

/// The first byte of everything that is kept by its hash.
public enum NodeKind: UInt8 {
  case leaf = 1
  case branch = 2
  case object = 3
  case rowSet = 4
  case rowChunk = 5
  case source = 6
}

/// One node of a snapshot's tree: a leaf of paths, or a branch by four bits of the paths' hash.
///
/// Small nodes: a revision writes every node on the way to what it changed, so that what it costs
/// on disk hardly grows with the schema; and few levels, since each is one read.
///
///     leaf    1, count varint, then per entry: counted path, 32 bytes of the content's hash
///     branch  2, count varint of all entries below, 2 bytes with a bit per child, 20 bytes a child
public enum SnapshotNode {
  /// A subtree with at most so many entries is one leaf: the shape follows from the keys alone.
  public static let leafEntryCountMax = 16
  /// How many bits of a key each level takes.
  public static let fanoutBits = 4
  /// How many children a branch can have.
  public static let slotCount = 1 << fanoutBits
  /// At this depth the key has no more bits: a leaf takes whatever is there.
  public static let depthMax = 64 / fanoutBits - 1

  case leaf([SnapshotEntry])
  case branch(count: Int, children: [(slot: Int, hash: ContentHash)])

  /// Reads a node.
  /// - Throws: `FormatError` for bytes that are no leaf or branch. Where it stands is not looked at
  ///   (`NodePlace.check`).
  public init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    let what: StaticString = "a snapshot node"
    var reader = FieldReader(bytes, of: what)
    let kind = try reader.byte()
    guard let count = Int(exactly: try reader.varint()) else {
      throw .malformed("\(what)", expected: "a count")
    }
    switch NodeKind(rawValue: kind) {
    case .leaf:
      var entries: [SnapshotEntry] = []
      entries.reserveCapacity(min(count, 64))
      while !reader.isAtEnd {
        let path = try ObjectPath(
          from: FieldReader(try reader.bytes(reader.varint()), of: "an object's path"))
        entries.append(SnapshotEntry(path: path, content: try reader.hash()))
      }
      guard entries.count == count else {
        throw .malformed("\(what)", expected: "\(count) entries")
      }
      self = .leaf(entries)
    case .branch:
      let bits = try reader.slotBits()
      var children: [(slot: Int, hash: ContentHash)] = []
      children.reserveCapacity(bits.nonzeroBitCount)
      for slot in 0..<Self.slotCount where bits & (1 << UInt16(slot)) != 0 {
        children.append((slot, try reader.treeHash()))
      }
      guard reader.isAtEnd else { throw .malformed("\(what)", expected: "one hash a child") }
      self = .branch(count: count, children: children)
    default: throw .unknownKind(UInt64(kind), of: "\(what)")
    }
  }

  /// The node as it is kept and hashed.
  public var bytes: [UInt8] {
    switch self {
    case .leaf(let entries):
      var writer = FieldWriter(reserving: entries.count * 72 + 8)
      writer.append(NodeKind.leaf.rawValue)
      writer.varint(UInt64(entries.count))
      for entry in entries {
        let path = entry.path.encoded
        writer.varint(UInt64(path.count))
        writer.append(contentsOf: path)
        writer.bigEndian(entry.content)
      }
      return writer.bytes
    case .branch(let count, let children):
      var writer = FieldWriter(reserving: children.count * ContentHash.treeByteCount + 16)
      writer.append(NodeKind.branch.rawValue)
      writer.varint(UInt64(count))
      let bits = children.reduce(UInt16(0)) { $0 | 1 << UInt16($1.slot) }
      writer.append(UInt8(bits >> 8))
      writer.append(UInt8(bits & 0xFF))
      for child in children { writer.tree(child.hash) }
      return writer.bytes
    }
  }

  /// Entries in it and below it, as it says itself.
  public var count: Int {
    switch self {
    case .leaf(let entries): entries.count
    case .branch(let count, _): count
    }
  }
}

/// One path of a snapshot, and the hash of what it holds.
public struct SnapshotEntry: Hashable, Sendable {
  /// What it is about.
  public var path: ObjectPath
  /// The hash of the object, or of the rows, at the path.
  public var content: ContentHash

  public init(path: ObjectPath, content: ContentHash) {
    self.path = path
    self.content = content
  }
}

extension ObjectPath {
  /// Where the path stands in a tree: the first 64 bits of the SHA-256 of its bytes.
  public var treeKey: UInt64 { ContentHash(of: encoded).words.0 }
}
