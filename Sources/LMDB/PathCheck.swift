// LMDB believes the pages that a write leads over, and moves what is on them by what they say of
// themselves: a flipped bit there would spoil what was sound, or be gone afterwards without a word. So
// the pages on the way to each key are looked at first, each once in a transaction, and the free list
// and the meta pages at its beginning. That costs what the write itself touches, not what the log holds.
internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The pages of the state that a write transaction begins with, as far as it comes to them.
final class PathCheck {
  private let map: FileMap
  private var check: PageCheck
  private var trees: [(database: Database, name: String, tree: TreeRecord)] = []
  private var seen: Set<UInt64> = []
  /// Of both, as they were.
  private let metaPages: [[UInt8]]
  private let pageSize: Int

  /// - Parameter id: the number of the transaction that wrote the state.
  /// - Throws: `MDB_CORRUPTED`, which names the page.
  init(
    _ map: FileMap, pageSize: Int, transaction id: UInt64,
    databases: [(name: String, database: Database)]
  ) throws(LMDBError) {
    self.map = map
    self.pageSize = pageSize
    metaPages = [0, 1].map { page in
      Array(map.bytes.dropFirst(page * pageSize).prefix(PageLayout.metaSize))
    }
    let file = PageBytes(bytes: map.bytes)
    let numbers = [0, 1].map { file.word($0 * pageSize + PageLayout.transactionOffset) }
    guard let meta = numbers.firstIndex(of: id), let high = numbers.max(), high == id,
      numbers[1 - meta] + 1 == id || id == 0, id == 0 || id % 2 == UInt64(meta)
    else {
      throw Self.damaged(
        "the meta pages: expected the numbers of two transactions that follow each other, found "
          + "\(numbers[0]) and \(numbers[1])")
    }
    let start = meta * pageSize
    let last = file.word(start + PageLayout.lastPageOffset)
    guard last < UInt64((map.bytes.count + Environment.missingBytesMax) / pageSize) else {
      throw Self.damaged("page \(meta): expected its last page within the file, found \(last)")
    }
    check = PageCheck(file: file, pageSize: pageSize, pageCount: last + 1)
    check.walkFree(TreeRecord(file, at: start + 40), meta: UInt64(meta))
    var found: [(Database, String, TreeRecord)] = []
    check.walkDatabases(TreeRecord(file, at: start + 88), meta: UInt64(meta)) { name, tree in
      for known in databases where known.name == name { found.append((known.database, name, tree)) }
    }
    trees = found
    try throwDamage()
  }

  /// Where LMDB could not write the new meta page, it puts the number of the old one back, and leaves what
  /// the new one leads to: as a commit that is out of sight has it. This puts all of the old one back.
  func putBackMeta(in descriptor: Int32) {
    for (page, old) in metaPages.enumerated() {
      var found = old
      let place = off_t(page * pageSize)
      let count = found.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, place)
      }
      guard count == old.count, found != old, Self.number(found) == Self.number(old) else {
        continue
      }
      _ = old.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, place) }
      fsync(descriptor)
    }
  }

  private static func number(_ metaPage: [UInt8]) -> UInt64 {
    metaPage.withUnsafeBytes { PageBytes(bytes: $0).word(PageLayout.transactionOffset) }
  }

  private func throwDamage() throws(LMDBError) {
    guard let first = check.damages.first else { return }
    let database = first.database.map { " of \($0)" } ?? ""
    throw Self.damaged("page \(first.page)\(database): \(first.message)")
  }

  private static func damaged(_ what: String) -> LMDBError {
    LMDBError(code: MDB_CORRUPTED, action: "write: \(what)")
  }

  /// Looks at the pages that lead to where a key is, or would be.
  /// - Parameter withSiblings: the pages beside them too: what gets too empty is joined to one.
  func look(
    for key: UnsafeRawBufferPointer, in database: Database, withSiblings: Bool
  ) throws(LMDBError) {
    guard let (_, name, tree) = trees.first(where: { $0.database == database }),
      tree.root != PageLayout.noPage
    else { return }
    var number = tree.root
    var depth = 1
    while true {
      let isLeaf = depth >= Int(tree.depth)
      guard let page = try page(number, name, depth, of: tree) else { return }
      let index = PageNode.index(of: key, on: page, isLeaf: isLeaf)
      func node(_ index: Int) -> PageNode? { PageNode.node(index, on: page, isLeaf: isLeaf) }
      if isLeaf { return try lookAtValue(node(index), key, number, name) }
      if withSiblings {
        for sibling in [index - 1, index + 1].compactMap({ node($0)?.child }) {
          _ = try self.page(sibling, name, depth + 1, of: tree)
        }
      }
      guard let child = node(index)?.child else { return }
      number = child
      depth += 1
    }
  }

  private func lookAtValue(
    _ node: PageNode?, _ key: UnsafeRawBufferPointer, _ number: UInt64, _ database: String
  ) throws(LMDBError) {
    guard let node, node.flags & PageLayout.nodeIsBig != 0, node.key.elementsEqual(key),
      seen.insert(PageBytes(bytes: node.value).word(0)).inserted
    else { return }
    check.lookAtValue(node, on: number, database)
    try throwDamage()
  }

  private func page(
    _ number: UInt64, _ database: String, _ depth: Int, of tree: TreeRecord
  ) throws(LMDBError) -> PageBytes? {
    if seen.contains(number) { return check.bytes(of: number) }
    let page = check.soundPage(number, database, depth: depth, of: tree) { _ in }
    try throwDamage()
    seen.insert(number)
    return page
  }
}
