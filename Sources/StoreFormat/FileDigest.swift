import Crypto
import SchemaModel

/// Digests that other programs keep of files.
public enum FileDigest {
  /// SHA-384: 48 bytes.
  public static func sha384(_ bytes: [UInt8]) -> [UInt8] { Array(SHA384.hash(data: bytes)) }
  /// SHA-256: 32 bytes.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  /// CRC-32 as zlib and Java have it: reflected, with the polynomial EDB88320.
  public static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 {
        remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0)
      }
    }
    return ~remainder
  }
}
