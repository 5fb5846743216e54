import FileSystem
import Glibc
public import SchemaModel
import StoreFormat

/// A segment's file, held open: it can be read to the end though a restoration removes it meanwhile.
public final class SegmentFile: Sendable {
  /// What the log says of it.
  public let reference: SegmentReference
  let descriptor: Int32

  /// Nil where there is no such file.
  /// - Throws: `StoreError.segmentDamaged` where there is something else: a link, a pipe.
  public init?(_ reference: SegmentReference, in directory: String) throws {
    self.reference = reference
    let path = directory + "/" + reference.name
    descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      if errno == ELOOP {
        throw StoreError.segmentDamaged(reference, "it cannot be read: it is a symbolic link")
      }
      throw StoreError.file("cannot read it: \(FileError.reason())", path: path)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw StoreError.segmentDamaged(reference, "expected a file, found something else")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// A path that leads to the open file, whatever its name leads to now.
  var path: String {
    #if os(Linux)
      "/proc/self/fd/\(descriptor)"
    #else
      "/dev/fd/\(descriptor)"
    #endif
  }

  /// Compares size and SHA-256 of the file with what the log says of it.
  /// - Throws: `StoreError.segmentDamaged`; `.file` where the system does not let it be read.
  public func check() throws {
    let found = try FileHash.of(descriptor: descriptor)
    guard found.byteCount == reference.byteCount else {
      throw StoreError.segmentDamaged(
        reference, "expected \(reference.byteCount) bytes, found \(found.byteCount)")
    }
    guard found.hash == reference.hash else {
      throw StoreError.segmentDamaged(
        reference, "its SHA-256 should be \(reference.hash.short), found \(found.hash.short)")
    }
  }
}

/// The SHA-256 of a file, read through a map.
enum FileHash {
  static func of(_ path: String) throws -> (hash: ContentHash, byteCount: UInt64) {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    return try of(descriptor: descriptor)
  }

  static func of(descriptor: Int32) throws -> (hash: ContentHash, byteCount: UInt64) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("a segment") }
    let count = Int(status.st_size)
    guard count > 0 else { return (ContentHash(of: []), 0) }
    guard let start = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
    else { throw failure("a segment") }
    defer { munmap(start, count) }
    return (ContentHash(of: UnsafeRawBufferPointer(start: start, count: count)), UInt64(count))
  }

  private static func failure(_ path: String) -> StoreError {
    .file("cannot read it: \(FileError.reason())", path: path)
  }
}
