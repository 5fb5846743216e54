internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A look at a data file before LMDB maps it: a foreign file is refused without a lock file being
/// made beside it, and a page size that makes no sense never reaches LMDB's arithmetic.
///
/// Authority: `mdb.c` of LMDB 0.9, `MDB_page` and `MDB_meta`, on a 64-bit machine.
enum DataFile {
  private static let magicOffset = 16
  private static let versionOffset = 20
  private static let pageSizeOffset = 40
  private static let magic: UInt32 = 0xBEEF_C0DE
  private static let headerByteCount = 168

  /// A missing or empty file passes: LMDB will make it, or say that it is missing.
  /// - Throws: `MDB_INVALID` or `MDB_VERSION_MISMATCH`.
  static func check(_ path: String) throws(LMDBError) {
    // A pipe would be waited for without an end.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw LMDBError(code: errno, action: "open \(path)")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw LMDBError(code: MDB_INVALID, action: "open \(path), which is no file")
    }
    let first = try header(descriptor, at: 0, path)
    if first.isEmpty { return }
    let pageSize = word(first, pageSizeOffset)
    guard pageSize >= 512, pageSize <= 65_536, pageSize & (pageSize - 1) == 0 else {
      throw LMDBError(code: MDB_INVALID, action: "open \(path)")
    }
    let second = try header(descriptor, at: Int(pageSize), path)
    guard !second.isEmpty, word(second, pageSizeOffset) == pageSize else {
      throw LMDBError(code: MDB_INVALID, action: "open \(path)")
    }
    try checkLastPages([first, second], descriptor, Int(pageSize), path)
  }

  /// LMDB maps as much as the pages would take, and counts in bytes from the last one. Its length is
  /// asked for after the pages were read: a peer may be writing.
  private static func checkLastPages(
    _ headers: [[UInt8]], _ descriptor: Int32, _ pageSize: Int, _ path: String
  ) throws(LMDBError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw LMDBError(code: errno, action: "stat \(path)")
    }
    let room = UInt64((Int(status.st_size) + Environment.missingBytesMax) / pageSize)
    for (page, header) in headers.enumerated() {
      let last = header.withUnsafeBytes {
        PageBytes(bytes: $0).word(PageLayout.lastPageOffset)
      }
      guard last < room else {
        throw LMDBError(
          code: MDB_CORRUPTED,
          action: "open \(path): expected the last page of meta page \(page) within the file, "
            + "found \(last)")
      }
    }
  }

  static func isUnfinished(_ path: String) -> Bool {
    var status = stat()
    let pageSize = Int(getpagesize())
    // The meta pages become durable with the first transaction, which has two pages of its own.
    guard stat(path, &status) == 0, status.st_size <= 4 * pageSize else { return false }
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 2 * pageSize)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { return false }
    return (0...1).allSatisfy { page in
      let place = page * pageSize
      let written = bytes[min(place, count)..<min(place + pageSize, count)]
      // Whatever else is there is somebody's.
      let isOurs =
        written.allSatisfy { $0 == 0 } || zip(written, metaHead(UInt8(page))).allSatisfy(==)
      return isOurs
        && bytes.withUnsafeBytes {
          PageBytes(bytes: $0).word(place + PageLayout.transactionOffset) == 0
        }
    }
  }

  /// How a meta page begins: its number, its flags, LMDB's magic number.
  private static func metaHead(_ page: UInt8) -> [UInt8] {
    [page, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0xDE, 0xC0, 0xEF, 0xBE]
  }

  /// A descriptor of a new file; negative, with `errno`, where there is one already.
  static func create(_ path: String) -> Int32 {
    open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  }

  private static func header(
    _ descriptor: Int32, at offset: Int, _ path: String
  ) throws(LMDBError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: headerByteCount)
    let count = bytes.withUnsafeMutableBytes {
      pread(descriptor, $0.baseAddress, $0.count, off_t(offset))
    }
    if count == 0 { return [] }
    if count < 0 { throw LMDBError(code: errno, action: "read \(path)") }
    guard count == headerByteCount, word(bytes, magicOffset) == magic else {
      throw LMDBError(code: MDB_INVALID, action: "open \(path)")
    }
    guard word(bytes, versionOffset) == 1 else {
      throw LMDBError(code: MDB_VERSION_MISMATCH, action: "open \(path)")
    }
    return bytes
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
  }
}
