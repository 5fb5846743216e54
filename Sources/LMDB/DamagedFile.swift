// Invariants:
// - A file that may be damaged anywhere is read by the system's reading calls alone: no map, so that a
//   sector which cannot be read is a page less, and not a signal. Nothing of it is changed.
// - What is found is not believed: whoever asks decides by the content of each value.

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Where a value lies in a file.
public struct ValuePlace: Hashable, Sendable {
  /// In bytes from the file's begin.
  public var offset: Int
  /// In bytes.
  public var count: Int

  public init(offset: Int, count: Int) {
    self.offset = offset
    self.count = count
  }
}

/// A data file of LMDB's of which anything may be damaged: what its pages still hold, whatever leads to
/// them or does not, old states' pages among them.
public final class DamagedFile {
  /// As it was given.
  public let path: String
  /// When it was opened.
  public let byteCount: Int
  /// As most pages have it that say which page they are.
  public private(set) var pageSize = 4096
  /// Pages that the system could not read.
  public private(set) var unreadablePageCount = 0
  private let descriptor: Int32
  private static let windowByteCount = 1 << 20

  /// Nil where there is no file, or it is none: a link, a pipe, a device.
  /// - Throws: `LMDBError` with the system's code, where it may not be read.
  public init?(_ path: String) throws(LMDBError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      byteCount = 0
      if errno == ENOENT || errno == ENOTDIR || errno == ELOOP { return nil }
      throw LMDBError(code: errno, action: "open \(path)")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      byteCount = 0
      return nil
    }
    byteCount = Int(status.st_size)
    pageSize = findPageSize()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The bytes there; nil where the file is shorter, or the system cannot read them.
  public func read(_ place: ValuePlace) -> [UInt8]? {
    guard place.offset >= 0, place.count >= 0, place.count <= byteCount,
      place.offset <= byteCount - place.count
    else { return nil }
    var done = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: place.count) { buffer, filled in
      while done < place.count {
        let count = pread(
          descriptor, buffer.baseAddress.map { $0 + done }, place.count - done,
          off_t(place.offset + done))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        done += count
      }
      filled = done
    }
    return done == place.count ? bytes : nil
  }

  /// Each page says its number; of another size, hardly one says the right one.
  private func findPageSize() -> Int {
    func matches(_ size: Int) -> Int {
      (0..<min(byteCount / size, 256)).count { page in
        guard let head = read(ValuePlace(offset: page * size, count: 8)) else { return false }
        return head.withUnsafeBytes { PageBytes(bytes: $0).word(0) } == UInt64(page)
      }
    }
    var best = (size: 4096, count: matches(4096))
    for size in [512, 1024, 2048, 8192, 16_384, 32_768, 65_536] {
      let count = matches(size)
      if count > best.count { best = (size, count) }
    }
    return best.size
  }

  /// Every page in the file's order, as it could be read: zeros where not, and behind the file's end.
  /// - Parameter body: the page's number and its bytes, valid only there.
  func forEachPage(_ body: (UInt64, PageBytes) throws -> Void) rethrows {
    unreadablePageCount = 0
    let pageSize = pageSize
    var offset = 0
    while offset < byteCount {
      let count = min(Self.windowByteCount, byteCount - offset)
      var window = read(ValuePlace(offset: offset, count: count)) ?? pages(offset, count)
      if window.count % pageSize != 0 {
        window += [UInt8](repeating: 0, count: pageSize - window.count % pageSize)
      }
      try window.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: pageSize) {
          let page = UnsafeRawBufferPointer(rebasing: bytes[start..<start + pageSize])
          try body(UInt64((offset + start) / pageSize), PageBytes(bytes: page))
        }
      }
      offset += count
    }
  }

  /// Page by page, where not all of a window can be read.
  private func pages(_ offset: Int, _ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for start in stride(from: offset, to: offset + count, by: pageSize) {
      let length = min(pageSize, offset + count - start)
      if let page = read(ValuePlace(offset: start, count: length)) {
        bytes += page
      } else {
        unreadablePageCount += 1
        bytes += [UInt8](repeating: 0, count: length)
      }
    }
    return bytes
  }
}

extension DamagedFile {
  /// What both meta pages lead to, where all pages of the newest state are sound; nil elsewhere, also
  /// where some cannot be read.
  public func soundMetaPages(valueOf key: [UInt8], in database: String) -> [MetaPage]? {
    guard let bytes = read(ValuePlace(offset: 0, count: byteCount)), byteCount >= 2 * pageSize
    else {
      return nil
    }
    return bytes.withUnsafeBytes { bytes in
      let file = PageBytes(bytes: bytes)
      let newest = max(
        file.word(PageLayout.transactionOffset), file.word(pageSize + PageLayout.transactionOffset))
      guard
        let damages = PageCheck.damages(in: bytes, pageSize: pageSize, transaction: newest),
        damages.isEmpty
      else { return nil }
      return PageCheck.values(in: bytes, pageSize: pageSize, of: key, in: database)
    }
  }
}
