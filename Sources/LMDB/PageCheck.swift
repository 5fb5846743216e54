// A walk over the pages of a data file that trusts none of them: LMDB itself believes what it
// reads, and a flipped bit in a page's header or a node's offset would end the process.
//
// Authority: `mdb.c` of LMDB 0.9, `MDB_page`, `MDB_node`, `MDB_db`, `MDB_meta`, on a 64-bit machine.

/// One page that is not as LMDB would have written it.
public struct PageDamage: Hashable, Sendable {
  /// The number of the page, from 0; its offset in the file is that times the page size.
  public var page: UInt64
  /// The database that the page was reached from; nil for a meta page.
  public var database: String?
  /// What was expected of the page and what is there.
  public var message: String
}

/// The layout of a page, and of what is on it; offsets and sizes in bytes.
enum PageLayout {
  static let headerSize = 16
  static let flagsOffset = 10
  static let lowerOffset = 12
  static let upperOffset = 14
  static let overflowCountOffset = 12
  static let branchFlag: UInt16 = 1
  static let leafFlag: UInt16 = 2
  static let overflowFlag: UInt16 = 4
  static let metaFlag: UInt16 = 8
  static let nodeHeaderSize = 8
  static let nodeIsBig: UInt16 = 1
  static let nodeIsDatabase: UInt16 = 2
  static let databaseSize = 48
  static let keySizeMax = 511
  static let depthMax = 32
  static let noPage = UInt64.max
}

/// What a page says of one B-tree.
struct TreeRecord {
  var flags: UInt16
  var depth: UInt16
  var branchPages: UInt64
  var leafPages: UInt64
  var overflowPages: UInt64
  var entries: UInt64
  var root: UInt64

  init(_ bytes: PageBytes, at offset: Int) {
    flags = bytes.half(offset + 4)
    depth = bytes.half(offset + 6)
    branchPages = bytes.word(offset + 8)
    leafPages = bytes.word(offset + 16)
    overflowPages = bytes.word(offset + 24)
    entries = bytes.word(offset + 32)
    root = bytes.word(offset + 40)
  }
}

/// Bytes of the file that may be asked for any offset: what lies outside reads as zero.
struct PageBytes {
  let bytes: UnsafeRawBufferPointer

  func half(_ offset: Int) -> UInt16 {
    guard offset >= 0, offset + 2 <= bytes.count else { return 0 }
    return bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
  }

  func quarterWord(_ offset: Int) -> UInt32 {
    guard offset >= 0, offset + 4 <= bytes.count else { return 0 }
    return bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }

  func word(_ offset: Int) -> UInt64 {
    guard offset >= 0, offset + 8 <= bytes.count else { return 0 }
    return bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer? {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }
}

/// The pages of one committed state.
struct PageCheck {
  private let file: PageBytes
  private let pageSize: Int
  private let pageCount: UInt64
  private var used: [Bool]
  private(set) var damages: [PageDamage] = []

  /// The state of transaction `id`; nil where neither meta page holds it any more.
  /// - Parameter bytes: the whole file, mapped or read.
  static func damages(
    in bytes: UnsafeRawBufferPointer, pageSize: Int, transaction id: UInt64
  ) -> [PageDamage]? {
    let file = PageBytes(bytes: bytes)
    guard let meta = [0, 1].first(where: { file.word($0 * pageSize + 144) == id }) else {
      return nil
    }
    let start = meta * pageSize
    let last = file.word(start + 136)
    // Free pages at the end may be missing: see FileLength.swift.
    let lastMax = UInt64((bytes.count + Environment.missingBytesMax) / pageSize)
    guard last < lastMax else {
      return [
        PageDamage(
          page: UInt64(meta), database: nil,
          message: "expected its last page within the file, found \(last)")
      ]
    }
    var check = PageCheck(file: file, pageSize: pageSize, pageCount: last + 1)
    check.run(
      free: TreeRecord(file, at: start + 40), main: TreeRecord(file, at: start + 88),
      meta: UInt64(meta))
    return check.damages
  }

  private init(file: PageBytes, pageSize: Int, pageCount: UInt64) {
    self.file = file
    self.pageSize = pageSize
    self.pageCount = pageCount
    used = Array(repeating: false, count: Int(clamping: pageCount))
  }

  private mutating func run(free: TreeRecord, main: TreeRecord, meta: UInt64) {
    // Persistent flags of the environment stand beside the free list's own (integer keys, 8); one
    // file instead of a directory (0x4000) is the only one that Strata uses.
    if free.flags & ~0x4000 != 8 || main.flags != 0 {
      damage(meta, nil, "unexpected flags \(free.flags) and \(main.flags)")
      return
    }
    var databases: [(String, TreeRecord)] = []
    walk(main, "main") { check, page, node in
      guard node.flags == PageLayout.nodeIsDatabase,
        node.value.count == PageLayout.databaseSize
      else {
        return check.damage(page, "main", "expected a database, found another node")
      }
      let name = String(decoding: node.key, as: UTF8.self)
      databases.append((name, TreeRecord(PageBytes(bytes: node.value), at: 0)))
    }
    for (name, tree) in databases {
      if tree.flags != 0 {
        damage(main.root, "main", "unexpected flags \(tree.flags) of the database \(name)")
      } else {
        walk(tree, name) { check, page, node in
          if node.flags & ~PageLayout.nodeIsBig != 0 {
            check.damage(page, name, "unexpected flags \(node.flags) of a node")
          }
        }
      }
    }
    walk(free, "free list") { check, page, node in check.free(node, on: page) }
  }

  private mutating func damage(_ page: UInt64, _ database: String?, _ message: String) {
    // One bad offset can spoil a thousand nodes: the first ones tell enough.
    if damages.count < 100 {
      damages.append(PageDamage(page: page, database: database, message: message))
    }
  }

  /// The pages that one entry of the free list names must be nobody's.
  private mutating func free(_ node: PageNode, on page: UInt64) {
    let list = PageBytes(bytes: node.value)
    let count = list.word(0)
    guard node.key.count == 8, node.value.count >= 8,
      count <= UInt64(node.value.count / 8 - 1)
    else { return damage(page, "free list", "its entry has \(node.value.count) bytes") }
    for index in 0..<Int(count) {
      let number = list.word(8 + index * 8)
      guard claim(number, 1) else {
        return damage(page, "free list", "it frees page \(number), which is in use")
      }
    }
  }

  /// Notes that pages are in use; false where they cannot be, or are already.
  private mutating func claim(_ page: UInt64, _ count: UInt64) -> Bool {
    guard page >= 2, page < pageCount, count <= pageCount - page else { return false }
    let range = Int(page)..<Int(page + count)
    guard !used[range].contains(true) else { return false }
    for index in range { used[index] = true }
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

  private mutating func walk(_ tree: TreeRecord, _ name: String, _ visit: Visit) {
    guard tree.root != PageLayout.noPage else {
      if tree.entries != 0 { damage(0, name, "expected \(tree.entries) entries, found no root") }
      return
    }
    var counts = Counts()
    let before = damages.count
    page(tree.root, name, depth: 1, of: tree, &counts, visit)
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
    _ number: UInt64, _ name: String, depth: Int, of tree: TreeRecord, _ counts: inout Counts,
    _ visit: Visit
  ) {
    guard claim(number, 1) else {
      return damage(number, name, "it lies outside the file, or is used twice")
    }
    let start = Int(number) * pageSize
    guard let bytes = file.part(start, pageSize) else {
      return damage(number, name, "it lies beyond the file's end")
    }
    let page = PageBytes(bytes: bytes)
    guard page.word(0) == number else {
      return damage(number, name, "it says it is page \(page.word(0))")
    }
    let isLeaf = depth == Int(tree.depth)
    let expected = isLeaf ? PageLayout.leafFlag : PageLayout.branchFlag
    guard page.half(PageLayout.flagsOffset) == expected, depth <= PageLayout.depthMax else {
      return damage(number, name, "unexpected flags \(page.half(PageLayout.flagsOffset))")
    }
    let nodes: [PageNode]
    switch PageNode.all(on: page, isLeaf: isLeaf, hasIntegerKeys: tree.flags & 8 != 0) {
    case .success(let found): nodes = found
    case .failure(let problem): return damage(number, name, problem.message)
    }
    if isLeaf { counts.leaves += 1 } else { counts.branches += 1 }
    guard isLeaf else {
      for node in nodes {
        self.page(node.child, name, depth: depth + 1, of: tree, &counts, visit)
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
