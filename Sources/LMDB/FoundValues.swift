// What can be a node of a leaf page, where neither the page's head nor its offsets can be relied on.
//
// Authority: `mdb.c` of LMDB 0.9: a leaf's nodes lie side by side from where its free space ends to the
// page's end.

/// A run of overflow pages that no leaf led to.
public struct OverflowRun: Hashable, Sendable {
  /// What lies behind the first page's head: the value, and bytes of nobody behind it.
  public var place: ValuePlace
  /// A value ends on the last page of its run.
  public var byteCountMin: Int
}

extension DamagedFile {
  /// Every value that a page of the file may hold, those of old states and of free pages too.
  /// - Parameter body: gets the key (empty where it is not known), the value, which are valid only there, and where the value lies; says
  ///   whether it knows the value by its content.
  /// - Returns: overflow pages to which no value that was known led.
  @discardableResult
  public func forEachValue(
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, ValuePlace) throws -> Bool
  ) rethrows -> [OverflowRun] {
    var runs: [UInt64: OverflowRun] = [:]
    var known: Set<UInt64> = []
    // What claims to be large may be claimed many times: reading has an end.
    var largeByteCountLeft = 8 * byteCount + (16 << 20)
    let pageSize = pageSize
    try forEachPage { number, page in
      let start = Int(number) * pageSize
      if number % 1024 == 0 { progress(start, byteCount) }
      if page.word(0) == number {
        switch page.half(PageLayout.flagsOffset) {
        case PageLayout.branchFlag, PageLayout.metaFlag: return
        case PageLayout.overflowFlag:
          runs[number] = run(at: start, pages: page.quarterWord(PageLayout.overflowCountOffset))
          return
        default: break
        }
      }
      for node in FoundNodes.all(on: page) {
        guard node.flags & PageLayout.nodeIsBig != 0 else {
          guard let base = page.bytes.baseAddress, let value = node.value.baseAddress else {
            continue
          }
          let place = ValuePlace(offset: start + (value - base), count: node.size)
          _ = try body(node.key, node.value, place)
          continue
        }
        let first = PageBytes(bytes: node.value).word(0)
        guard first < UInt64(byteCount / pageSize + 1), node.size <= largeByteCountLeft else {
          continue
        }
        let place = ValuePlace(
          offset: Int(first) * pageSize + PageLayout.headerSize, count: node.size)
        guard let bytes = read(place) else { continue }
        largeByteCountLeft -= node.size
        if try bytes.withUnsafeBytes({ try body(node.key, $0, place) }) { known.insert(first) }
      }
    }
    progress(byteCount, byteCount)
    return runs.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }.map(\.value)
  }

  private func run(at start: Int, pages: UInt32) -> OverflowRun {
    let room = byteCount - start - PageLayout.headerSize
    let (count, isTooMuch) = Int(pages).multipliedReportingOverflow(by: pageSize)
    let whole = isTooMuch ? room : max(0, min(room, count - PageLayout.headerSize))
    return OverflowRun(
      place: ValuePlace(offset: start + PageLayout.headerSize, count: whole),
      byteCountMin: max(0, whole - pageSize + 1))
  }
}

enum FoundNodes {
  /// A sound leaf's nodes; of another page whatever may be one.
  static func all(on page: PageBytes) -> [PageNode] {
    var nodes: [PageNode] = []
    if page.half(PageLayout.flagsOffset) == PageLayout.leafFlag,
      PageNode.each(on: page, isLeaf: true, hasIntegerKeys: false, { nodes.append($0) }) == nil
    {
      return nodes
    }
    return carved(page)
  }

  /// By the page's offsets, as far as they lead to a node; by what lies behind each of those; and from
  /// wherever whole nodes lie side by side up to the page's end.
  private static func carved(_ page: PageBytes) -> [PageNode] {
    let size = page.bytes.count
    guard page.bytes.contains(where: { $0 != 0 }) else { return [] }
    var places: Set<Int> = []
    var reaches = [Bool](repeating: false, count: size / 2 + 1)
    reaches[size / 2] = true
    let last = size - PageLayout.nodeHeaderSize
    for offset in stride(from: last, through: PageLayout.headerSize, by: -2) {
      guard let end = node(page, offset)?.end, end <= size, reaches[end / 2] else { continue }
      reaches[offset / 2] = true
      places.insert(offset)
    }
    var lowest = size
    var index = PageLayout.headerSize
    while index < lowest {
      let offset = Int(page.half(index))
      index += 2
      guard offset >= PageLayout.headerSize, offset <= last, offset % 2 == 0,
        node(page, offset) != nil
      else { continue }
      if offset > index { lowest = min(lowest, offset) }
      var next = offset
      while next <= last, places.insert(next).inserted, let end = node(page, next)?.end {
        next = end
      }
    }
    // Nodes of a page do not overlap; what may be one does.
    var byteCountLeft = 64 * size
    let found = places.sorted().compactMap { offset in node(page, offset)?.node }
    return (found + unheaded(page)).filter { node in
      guard byteCountLeft > 0 else { return false }
      byteCountLeft -= node.value.count
      return true
    }
  }

  /// Where a node's own head is damaged, its value lies between the key, of which there are three sizes for
  /// events and what is kept by its hash, and the next node. Their keys are empty.
  private static func unheaded(_ page: PageBytes) -> [PageNode] {
    let size = page.bytes.count
    var offsets: Set<Int> = []
    var index = PageLayout.headerSize
    var lowest = size
    while index < lowest {
      let offset = Int(page.half(index))
      index += 2
      guard offset > index, offset < size, offset % 2 == 0 else { continue }
      offsets.insert(offset)
      lowest = min(lowest, offset)
    }
    let bounds = offsets.sorted() + [size]
    var found: [PageNode] = []
    for (offset, bound) in zip(bounds, bounds.dropFirst()) where node(page, offset)?.end != bound {
      for keySize in [8, 20, 32] {
        let start = offset + PageLayout.nodeHeaderSize + keySize
        for padding in 0...1 {
          guard bound - padding > start, let value = page.part(start, bound - padding - start),
            let key = page.part(start, 0)
          else { continue }
          found.append(PageNode(key: key, value: value))
        }
      }
    }
    return found
  }

  private static func node(_ page: PageBytes, _ offset: Int) -> (node: PageNode, end: Int)? {
    guard let node = PageNode(page, at: offset, isLeaf: true, isFirst: true) else { return nil }
    let length = PageLayout.nodeHeaderSize + node.key.count + node.value.count
    return (node, offset + length + length % 2)
  }
}
