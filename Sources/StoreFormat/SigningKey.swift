import Crypto
import SchemaModel

/// An Ed25519 key that signs, from a file as `openssl genpkey -algorithm ed25519` writes it.
public struct SigningKey: Sendable {
  /// What stands before the 32 bytes of the key in PKCS #8 (RFC 8410).
  private static let head: [UInt8] = [
    0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20,
  ]

  private let key: Curve25519.Signing.PrivateKey

  /// Reads the PEM text of a private key.
  /// - Throws: `FormatError` for anything else, a key under a password or of another kind too.
  public init(pem: String) throws(FormatError) {
    guard let bytes = PEM.bytes(pem, "PRIVATE KEY", after: Self.head),
      let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
    else {
      throw .malformed(
        "a key to sign with",
        expected: "PEM as `openssl genpkey -algorithm ed25519 -out FILE` writes it")
    }
    self.key = key
  }

  /// The key that checks what this one signs.
  public var verifyingKey: VerifyingKey {
    VerifyingKey(bytes: Array(key.publicKey.rawRepresentation))
  }

  func signature(of message: [UInt8]) throws -> [UInt8] { Array(try key.signature(for: message)) }
}

/// An Ed25519 key that checks signatures.
public struct VerifyingKey: Hashable, Sendable, CustomStringConvertible {
  private static let head: [UInt8] = [0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0]

  /// The 32 bytes of RFC 8032.
  public let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads 64 hexadecimal digits, or the PEM text of a key, private or public.
  /// - Throws: `FormatError` for anything else.
  public init(_ text: String) throws(FormatError) {
    if let digits = ContentHash(hex: text) {
      bytes = digits.bytes
    } else if let found = PEM.bytes(text, "PUBLIC KEY", after: Self.head) {
      bytes = found
    } else if let key = try? SigningKey(pem: text) {
      self = key.verifyingKey
    } else {
      throw .malformed(
        "a key to check with",
        expected: "64 hexadecimal digits, or PEM as `openssl pkey -in FILE -pubout` writes it")
    }
  }

  public var description: String { Hexadecimal.text(bytes) }

  /// Whether this is the key's signature of the message; false for bytes that are none.
  func accepts(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
      return false
    }
    return key.isValidSignature(signature, for: message)
  }
}

/// The text form of keys (RFC 7468).
private enum PEM {
  /// The last 32 bytes of a block of this label, where nothing but `head` stands before them.
  static func bytes(_ text: String, _ label: String, after head: [UInt8]) -> [UInt8]? {
    let lines = text.split { $0.isNewline }.map(\.trimmingBlanks).filter { !$0.isEmpty }
    guard lines.count > 2, lines.first == "-----BEGIN \(label)-----",
      lines.last == "-----END \(label)-----",
      let bytes = Base64.bytes(lines.dropFirst().dropLast().joined()),
      bytes.count == head.count + 32, bytes.starts(with: head)
    else { return nil }
    return Array(bytes.suffix(32))
  }
}
