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

/// What one of the two meta pages says.
public struct MetaPage: Hashable, Sendable {
  /// 0 or 1. LMDB writes even transactions to the one, odd ones to the other.
  public var page: Int
  /// The number of the transaction that wrote it; 0 before the first.
  public var transaction: UInt64
  /// The value that was asked for; nil where there is none, or the pages on the way are damaged.
  public var value: [UInt8]?
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
  /// Of a meta page.
  static let lastPageOffset = 136
  static let transactionOffset = 144
  static let metaSize = 152
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
  let file: PageBytes
  let pageSize: Int
  private let pageCount: UInt64
  private var used: [Bool]
  private(set) var damages: [PageDamage] = []

  /// The state of transaction `id`; nil where neither meta page holds it any more.
  /// - Parameter bytes: the whole file, mapped or read.
  static func damages(
    in bytes: UnsafeRawBufferPointer, pageSize: Int, transaction id: UInt64
  ) -> [PageDamage]? {
    let file = PageBytes(bytes: bytes)
    guard
      let meta = [0, 1].first(where: {
        file.word($0 * pageSize + PageLayout.transactionOffset) == id
      })
    else {
      return nil
    }
    let start = meta * pageSize
    let last = file.word(start + PageLayout.lastPageOffset)
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

  /// What a meta page leads to: its transaction's number, and the value of one entry as it was then.
  ///
  /// LMDB reads the meta page with the higher number. A damaged number makes it read the state before,
  /// without a word, so whoever writes the number into a value, too, can compare the two.
  static func values(
    in bytes: UnsafeRawBufferPointer, pageSize: Int, of key: [UInt8], in database: String
  ) -> [MetaPage] {
    let file = PageBytes(bytes: bytes)
    return [0, 1].map { page in
      let start = page * pageSize
      let last = file.word(start + PageLayout.lastPageOffset)
      var found = MetaPage(page: page, transaction: file.word(start + PageLayout.transactionOffset))
      guard last < UInt64((bytes.count + Environment.missingBytesMax) / pageSize) else {
        return found
      }
      var check = PageCheck(file: file, pageSize: pageSize, pageCount: last + 1)
      var tree: TreeRecord?
      check.walk(TreeRecord(file, at: start + 88), "main") { _, _, node in
        guard node.key.elementsEqual(database.utf8), node.value.count == PageLayout.databaseSize
        else {
          return
        }
        tree = TreeRecord(PageBytes(bytes: node.value), at: 0)
      }
      guard let tree else { return found }
      check.walk(tree, database) { _, _, node in
        if node.key.elementsEqual(key) { found.value = Array(node.value) }
      }
      return found
    }
  }

  init(file: PageBytes, pageSize: Int, pageCount: UInt64) {
    self.file = file
    self.pageSize = pageSize
    self.pageCount = pageCount
    used = Array(repeating: false, count: Int(clamping: pageCount))
  }

  private mutating func run(free: TreeRecord, main: TreeRecord, meta: UInt64) {
    var databases: [(String, TreeRecord)] = []
    walkDatabases(main, meta: meta) { databases.append(($0, $1)) }
    for (name, tree) in databases {
      walk(tree, name) { check, page, node in
        if node.flags & ~PageLayout.nodeIsBig != 0 {
          check.damage(page, name, "unexpected flags \(node.flags) of a node")
        }
      }
    }
    walkFree(free, meta: meta)
    // LMDB's own copy refuses a file with such a page.
    if damages.isEmpty, let lost = used.dropFirst(2).firstIndex(of: false) {
      damage(UInt64(lost), nil, "no database has it, and the free list does not, either")
    }
  }

  /// The pages that lead to the databases, and what they say of each.
  mutating func walkDatabases(
    _ main: TreeRecord, meta: UInt64, _ found: (String, TreeRecord) -> Void
  ) {
    guard main.flags == 0 else { return damage(meta, nil, "unexpected flags \(main.flags)") }
    walk(main, "main") { check, page, node in
      guard node.flags == PageLayout.nodeIsDatabase,
        node.value.count == PageLayout.databaseSize
      else {
        return check.damage(page, "main", "expected a database, found another node")
      }
      let name = String(decoding: node.key, as: UTF8.self)
      let tree = TreeRecord(PageBytes(bytes: node.value), at: 0)
      guard tree.flags == 0 else {
        return check.damage(page, "main", "unexpected flags \(tree.flags) of the database \(name)")
      }
      found(name, tree)
    }
  }

  /// The pages that nobody uses, and those that list them.
  mutating func walkFree(_ free: TreeRecord, meta: UInt64) {
    // Persistent flags of the environment stand beside the free list's own (integer keys, 8); one
    // file instead of a directory (0x4000) is the only one that Strata uses.
    guard free.flags & ~0x4000 == 8 else {
      return damage(meta, nil, "unexpected flags \(free.flags)")
    }
    walk(free, "free list") { check, page, node in check.free(node, on: page) }
  }

  mutating func damage(_ page: UInt64, _ database: String?, _ message: String) {
    // One bad offset can spoil a thousand nodes: the first ones tell enough.
    if damages.count < 100 {
      damages.append(PageDamage(page: page, database: database, message: message))
    }
  }

  /// The pages that one entry of the free list names must be nobody's.
  private mutating func free(_ node: PageNode, on page: UInt64) {
    let list = PageBytes(bytes: node.value)
    let count = list.word(0)
    guard node.key.count == 8, node.value.count >= 8, node.value.count % 8 == 0,
      node.flags & ~PageLayout.nodeIsBig == 0, count <= UInt64(node.value.count / 8 - 1)
    else { return damage(page, "free list", "its entry has \(node.value.count) bytes") }
    for index in 0..<Int(count) {
      let number = list.word(8 + index * 8)
      guard claim(number, 1) else {
        return damage(page, "free list", "it frees page \(number), which is in use")
      }
    }
  }

  /// Notes that pages are in use; false where they cannot be, or are already.
  mutating func claim(_ page: UInt64, _ count: UInt64) -> Bool {
    guard page >= 2, page < pageCount, count <= pageCount - page else { return false }
    let range = Int(page)..<Int(page + count)
    guard !used[range].contains(true) else { return false }
    for index in range { used[index] = true }
    return true
  }
}
