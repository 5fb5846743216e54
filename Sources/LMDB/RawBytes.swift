/// What can be a key or a value: something whose bytes can be pointed at without a copy.
///
/// A type of fixed size (a hash, a number) conforms with `withUnsafeBytes(of:)` and costs no heap
/// allocation.
public protocol RawBytes {
  /// Calls `body` with the bytes, which are good as long as the call; its result is handed on.
  func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension UnsafeRawBufferPointer: RawBytes {
  @inlinable
  public func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(self)
  }
}

extension Array: RawBytes where Element == UInt8 {
  @inlinable
  public func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(body)
  }
}

extension ArraySlice: RawBytes where Element == UInt8 {
  @inlinable
  public func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(body)
  }
}

/// Eight bytes, big-endian: LMDB's order of keys is then the order of the numbers.
extension UInt64: RawBytes {
  @inlinable
  public func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: bigEndian, body)
  }
}
