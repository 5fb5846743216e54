/// One node of a branch or leaf page, its bytes within the page.
struct PageNode {
  var flags: UInt16
  var key: UnsafeRawBufferPointer
  /// What is on the page: the value, or the number of its first overflow page.
  var value: UnsafeRawBufferPointer
  /// The value's bytes, wherever they are.
  var size: Int
  /// Of a branch's node: the page below.
  var child: UInt64

  struct Problem: Error {
    var message: String
  }

  /// Every node of a page, in order; checked to lie on the page, with keys that ascend.
  static func all(
    on page: PageBytes, isLeaf: Bool, hasIntegerKeys: Bool
  ) -> Result<[PageNode], Problem> {
    let lower = Int(page.half(PageLayout.lowerOffset))
    let upper = Int(page.half(PageLayout.upperOffset))
    let size = page.bytes.count
    guard lower >= PageLayout.headerSize, lower % 2 == 0, lower <= upper, upper <= size else {
      return .failure(Problem(message: "its free space is from \(lower) to \(upper)"))
    }
    let count = (lower - PageLayout.headerSize) / 2
    guard count >= (isLeaf ? 1 : 2) else {
      return .failure(Problem(message: "it has only \(count) nodes"))
    }
    var nodes: [PageNode] = []
    nodes.reserveCapacity(count)
    var places: [(start: Int, end: Int)] = []
    places.reserveCapacity(count)
    for index in 0..<count {
      let offset = Int(page.half(PageLayout.headerSize + index * 2))
      guard offset >= upper, offset % 2 == 0,
        let node = PageNode(page, at: offset, isLeaf: isLeaf, isFirst: index == 0)
      else {
        return .failure(Problem(message: "its node \(index) does not lie on it"))
      }
      nodes.append(node)
      let length = PageLayout.nodeHeaderSize + node.key.count + node.value.count
      places.append((offset, offset + length + length % 2))
    }
    // LMDB keeps the nodes of a page side by side, from where its free space ends: by a size that is not
    // the node's own it would move others' bytes.
    places.sort { $0.start < $1.start }
    var end = upper
    for place in places {
      guard place.start == end else {
        return .failure(Problem(message: "its nodes do not lie side by side"))
      }
      end = place.end
    }
    guard end == size else { return .failure(Problem(message: "its last node ends at \(end)")) }
    // A branch's first key stands for everything before the second, and is empty.
    let keys = nodes.dropFirst(isLeaf ? 0 : 1).map(\.key)
    for (a, b) in zip(keys, keys.dropFirst()) where !Self.precedes(a, b, hasIntegerKeys) {
      return .failure(Problem(message: "its keys are out of order"))
    }
    return .success(nodes)
  }

  private init?(_ page: PageBytes, at offset: Int, isLeaf: Bool, isFirst: Bool) {
    guard page.part(offset, PageLayout.nodeHeaderSize) != nil else { return nil }
    let low = UInt64(page.half(offset))
    let high = UInt64(page.half(offset + 2))
    flags = page.half(offset + 4)
    let keySize = Int(page.half(offset + 6))
    guard keySize <= PageLayout.keySizeMax, isLeaf ? keySize > 0 : (keySize > 0 || isFirst),
      let key = page.part(offset + PageLayout.nodeHeaderSize, keySize)
    else { return nil }
    self.key = key
    size = isLeaf ? Int(low | high << 16) : 0
    child = isLeaf ? 0 : low | high << 16 | UInt64(flags) << 32
    let onPage = isLeaf ? (flags & PageLayout.nodeIsBig != 0 ? 8 : size) : 0
    guard
      let value = page.part(offset + PageLayout.nodeHeaderSize + keySize, onPage)
    else { return nil }
    self.value = value
  }

  /// LMDB's order: byte by byte, a prefix first. The free list's keys are numbers of this machine.
  static func precedes(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ areIntegers: Bool
  ) -> Bool {
    if areIntegers { return PageBytes(bytes: a).word(0) < PageBytes(bytes: b).word(0) }
    return a.lexicographicallyPrecedes(b)
  }
}
