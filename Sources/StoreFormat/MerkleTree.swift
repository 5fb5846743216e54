public import SchemaModel

/// The Merkle tree of RFC 6962 (and 9162) whose leaves are a history's event records, by which a short
/// checkpoint stands for all of them and one of them is proved with few hashes.
public struct MerkleTree: Sendable {
  private var leaves: [ContentHash] = []

  /// A tree without leaves.
  public init() {}

  /// How many leaves there are.
  public var count: Int { leaves.count }

  /// Adds a record as the last leaf.
  public mutating func append(_ record: UnsafeRawBufferPointer) {
    leaves.append(ContentHash(of: [0] + record))
  }

  /// The root of the tree of the first `count` leaves; with none, the SHA-256 of nothing.
  public func root(of count: Int) -> ContentHash {
    count == 0 ? ContentHash(of: []) : root(0..<count)
  }

  /// The audit path of a leaf in the tree of the first `count`: what its root is made of beside the
  /// leaf, from the leaf's own sibling up.
  public func path(to index: Int, of count: Int) -> [ContentHash] { path(to: index, in: 0..<count) }

  private func root(_ range: Range<Int>) -> ContentHash {
    if range.count == 1 { return leaves[range.lowerBound] }
    let middle = Self.middle(range)
    return ContentHash(
      of: [1] + root(range.lowerBound..<middle).bytes + root(middle..<range.upperBound).bytes)
  }

  private func path(to index: Int, in range: Range<Int>) -> [ContentHash] {
    if range.count == 1 { return [] }
    let middle = Self.middle(range)
    let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
    return index < middle
      ? path(to: index, in: left) + [root(right)] : path(to: index, in: right) + [root(left)]
  }

  /// The left half is the largest full tree that is not all of it.
  private static func middle(_ range: Range<Int>) -> Int {
    let last = UInt64(range.count - 1)
    return range.lowerBound + 1 << (63 - last.leadingZeroBitCount)
  }
}
