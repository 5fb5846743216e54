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
    var nodes: [PageNode] = []
    let problem = each(on: page, isLeaf: isLeaf, hasIntegerKeys: hasIntegerKeys) {
      nodes.append($0)
    }
    return problem.map { .failure($0) } ?? .success(nodes)
  }

  /// The same, one after the other; what is wrong with them may be known only behind the last one.
  static func each(
    on page: PageBytes, isLeaf: Bool, hasIntegerKeys: Bool, _ body: (PageNode) -> Void
  ) -> Problem? {
    let lower = Int(page.half(PageLayout.lowerOffset))
    let upper = Int(page.half(PageLayout.upperOffset))
    let size = page.bytes.count
    guard lower >= PageLayout.headerSize, lower % 2 == 0, lower <= upper, upper <= size else {
      return Problem(message: "its free space is from \(lower) to \(upper)")
    }
    let count = (lower - PageLayout.headerSize) / 2
    guard count >= (isLeaf ? 1 : 2) else { return Problem(message: "it has only \(count) nodes") }
    // By where a node begins, where it ends; 0 where none begins.
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: size / 2) { ends in
      ends.initialize(repeating: 0)
      var previous: UnsafeRawBufferPointer?
      for index in 0..<count {
        let offset = Int(page.half(PageLayout.headerSize + index * 2))
        guard offset >= upper, offset % 2 == 0,
          let node = PageNode(page, at: offset, isLeaf: isLeaf, isFirst: index == 0)
        else { return Problem(message: "its node \(index) does not lie on it") }
        let length = PageLayout.nodeHeaderSize + node.key.count + node.value.count
        ends[offset / 2] = UInt32(offset + length + length % 2)
        if let previous, !precedes(previous, node.key, hasIntegerKeys) {
          return Problem(message: "its keys are out of order")
        }
        // A branch's first key stands for everything before the second, and is empty.
        if isLeaf || index > 0 { previous = node.key }
        body(node)
      }
      // LMDB keeps the nodes of a page side by side, from where its free space ends: by a size that is
      // not the node's own it would move others' bytes.
      var end = upper
      for _ in 0..<count where end < size { end = Int(ends[end / 2]) }
      return end == size ? nil : Problem(message: "its nodes do not lie side by side")
    }
  }

  /// A node of a sound page; nil where there is none of this number.
  static func node(_ index: Int, on page: PageBytes, isLeaf: Bool) -> PageNode? {
    let count = (Int(page.half(PageLayout.lowerOffset)) - PageLayout.headerSize) / 2
    guard index >= 0, index < count else { return nil }
    return PageNode(
      page, at: Int(page.half(PageLayout.headerSize + index * 2)), isLeaf: isLeaf,
      isFirst: index == 0)
  }

  /// Of a sound page the last node whose key is not beyond `key`; of a branch at least the first. The
  /// first node of a leaf where all are beyond it.
  static func index(of key: UnsafeRawBufferPointer, on page: PageBytes, isLeaf: Bool) -> Int {
    var low = 1
    var high = (Int(page.half(PageLayout.lowerOffset)) - PageLayout.headerSize) / 2
    while low < high {
      let middle = (low + high) / 2
      if let found = node(middle, on: page, isLeaf: isLeaf)?.key,
        !key.lexicographicallyPrecedes(found)
      {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low - 1
  }

  init?(_ page: PageBytes, at offset: Int, isLeaf: Bool, isFirst: Bool) {
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

  /// Of a leaf, by its parts.
  init(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    self.key = key
    self.value = value
    flags = 0
    size = value.count
    child = 0
  }

  /// LMDB's order: byte by byte, a prefix first. The free list's keys are numbers of this machine.
  static func precedes(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ areIntegers: Bool
  ) -> Bool {
    if areIntegers { return PageBytes(bytes: a).word(0) < PageBytes(bytes: b).word(0) }
    return a.lexicographicallyPrecedes(b)
  }
}
