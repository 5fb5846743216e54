internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file's bytes as they are, mapped for as long as the value lives. A peer may write to them.
final class FileMap {
  let bytes: UnsafeRawBufferPointer

  /// The whole file that is open there.
  init(_ descriptor: Int32, _ path: String) throws(LMDBError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size > 0 else {
      throw LMDBError(code: errno, action: "map \(path)")
    }
    let count = Int(status.st_size)
    guard let start = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
    else { throw LMDBError(code: errno, action: "map \(path)") }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
