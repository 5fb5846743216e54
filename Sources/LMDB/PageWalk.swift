// How a page check walks one B-tree, from its root page to its leaves.

/// What the keys below a branch's node may be: from the node's own up to the next one's.
struct KeyBounds {
  var lower: UnsafeRawBufferPointer?
  /// Itself beyond it.
  var upper: UnsafeRawBufferPointer?

  func hold(_ key: UnsafeRawBufferPointer?, _ areIntegers: Bool) -> Bool {
    guard let key else { return true }
    if let lower, PageNode.precedes(key, lower, areIntegers) { return false }
    if let upper { return PageNode.precedes(key, upper, areIntegers) }
    return true
  }
}

extension PageCheck {
  typealias Visit = (inout PageCheck, UInt64, PageNode) -> Void

  private struct Counts {
    var branches: UInt64 = 0
    var leaves: UInt64 = 0
    var overflows: UInt64 = 0
    var entries: UInt64 = 0
  }

  mutating func walk(_ tree: TreeRecord, _ name: String, _ visit: Visit) {
    guard tree.root != PageLayout.noPage else {
      if tree.entries != 0 { damage(0, name, "expected \(tree.entries) entries, found no root") }
      return
    }
    var counts = Counts()
    let before = damages.count
    page(tree.root, name, depth: 1, within: KeyBounds(), of: tree, &counts, visit)
    guard damages.count == before else { return }
    if counts.entries != tree.entries || counts.branches != tree.branchPages
      || counts.leaves != tree.leafPages || counts.overflows != tree.overflowPages
    {
      damage(
        tree.root, name,
        "expected \(tree.entries) entries on \(tree.leafPages) leaves, found \(counts.entries) "
          + "on \(counts.leaves)")
    }
  }

  private mutating func page(
    _ number: UInt64, _ name: String, depth: Int, within bounds: KeyBounds, of tree: TreeRecord,
    _ counts: inout Counts, _ visit: Visit
  ) {
    var nodes: [PageNode] = []
    guard soundPage(number, name, depth: depth, of: tree, { nodes.append($0) }) != nil else {
      return
    }
    let isLeaf = depth == Int(tree.depth)
    if isLeaf { counts.leaves += 1 } else { counts.branches += 1 }
    // LMDB goes down by a branch's keys: what does not lie below the right one is never found.
    let keys = nodes.dropFirst(isLeaf ? 0 : 1)
    let hasIntegers = tree.flags & 8 != 0
    guard bounds.hold(keys.first?.key, hasIntegers), bounds.hold(keys.last?.key, hasIntegers) else {
      return damage(number, name, "its keys are not between those of the page above it")
    }
    guard isLeaf else {
      for (index, node) in nodes.enumerated() {
        let below = KeyBounds(
          lower: index == 0 ? bounds.lower : node.key,
          upper: index + 1 < nodes.count ? nodes[index + 1].key : bounds.upper)
        self.page(
          node.child, name, depth: depth + 1, within: below, of: tree, &counts, visit)
        if damages.count >= 100 { return }
      }
      return
    }
    counts.entries += UInt64(nodes.count)
    for var node in nodes {
      if node.flags & PageLayout.nodeIsBig != 0 {
        guard overflow(&node, on: number, name, &counts) else { return }
      }
      visit(&self, number, node)
    }
  }

  func bytes(of number: UInt64) -> PageBytes? {
    file.part(
      Int(clamping: number).multipliedReportingOverflow(by: pageSize).partialValue, pageSize
    )
    .map { PageBytes(bytes: $0) }
  }

  /// A page that is what LMDB would have written there, and nobody else's; else nil, and a damage.
  mutating func soundPage(
    _ number: UInt64, _ name: String, depth: Int, of tree: TreeRecord, _ body: (PageNode) -> Void
  ) -> PageBytes? {
    func problem(_ message: String) -> PageBytes? {
      damage(number, name, message)
      return nil
    }
    guard claim(number, 1) else { return problem("it lies outside the file, or is used twice") }
    guard let page = bytes(of: number) else { return problem("it lies beyond the file's end") }
    guard page.word(0) == number else { return problem("it says it is page \(page.word(0))") }
    let isLeaf = depth == Int(tree.depth)
    let expected = isLeaf ? PageLayout.leafFlag : PageLayout.branchFlag
    guard page.half(PageLayout.flagsOffset) == expected, depth <= PageLayout.depthMax else {
      return problem("unexpected flags \(page.half(PageLayout.flagsOffset))")
    }
    let found = PageNode.each(
      on: page, isLeaf: isLeaf, hasIntegerKeys: tree.flags & 8 != 0, body)
    return found.map { problem($0.message) } ?? page
  }

  /// The pages of a value that has some of its own: LMDB gives back as many as they say.
  mutating func lookAtValue(_ node: PageNode, on number: UInt64, _ name: String) {
    var node = node
    var counts = Counts()
    _ = overflow(&node, on: number, name, &counts)
  }

  /// A value that is too large for its page lies on pages of its own.
  private mutating func overflow(
    _ node: inout PageNode, on page: UInt64, _ name: String, _ counts: inout Counts
  ) -> Bool {
    let first = PageBytes(bytes: node.value).word(0)
    let count = (PageLayout.headerSize - 1 + node.size) / pageSize + 1
    guard claim(first, UInt64(count)),
      let bytes = file.part(Int(first) * pageSize, count * pageSize)
    else {
      damage(page, name, "it names overflow page \(first), which cannot be one")
      return false
    }
    let header = PageBytes(bytes: bytes)
    guard header.word(0) == first, header.half(PageLayout.flagsOffset) == PageLayout.overflowFlag,
      header.quarterWord(PageLayout.overflowCountOffset) == UInt32(count),
      let value = header.part(PageLayout.headerSize, node.size)
    else {
      damage(first, name, "expected \(count) overflow pages, found another page")
      return false
    }
    counts.overflows += UInt64(count)
    node.value = value
    return true
  }
}
