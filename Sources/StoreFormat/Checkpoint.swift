public import SchemaModel

/// A checkpoint of a history, in the form of C2SP's tlog-checkpoint: the text of a note, to be signed
/// or not, that stands for its first events.
///
///     origin      whose history it is
///     size        how many events, in decimal digits
///     root        base 64 of the Merkle tree's root over their records
///     head HASH   an extension line: the hash of the last of them, as `strata verify` prints it
public struct Checkpoint: Hashable, Sendable {
  private static let headWord = "head "

  /// Whose history it is: one line.
  public var origin: String
  /// How many events it stands for.
  public var size: UInt64
  /// The root of the Merkle tree over the records of these events.
  public var root: ContentHash
  /// The hash of the last of them; nil where it does not say.
  public var head: ContentHash?

  public init(origin: String, size: UInt64, root: ContentHash, head: ContentHash?) {
    self.origin = origin
    self.size = size
    self.root = root
    self.head = head
  }

  /// The text that is printed, and signed.
  public var text: String {
    "\(origin)\n\(size)\n\(Base64.text(root.bytes))\n"
      + (head.map { "\(Self.headWord)\($0)\n" } ?? "")
  }

  /// Reads the text of a note.
  /// - Throws: `FormatError` for what is no checkpoint.
  public init(text: String) throws(FormatError) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.popLast()?.isEmpty == true, lines.count >= 3, !lines.contains(where: \.isEmpty)
    else { throw Self.malformed("three lines or more, none of them empty") }
    guard let size = UInt64(lines[1]), "\(size)" == lines[1] else {
      throw Self.malformed("the number of events in its second line")
    }
    guard let root = Base64.bytes(lines[2]).flatMap({ ContentHash(bytes: $0) }) else {
      throw Self.malformed("base 64 of 32 bytes in its third line")
    }
    // Other lines are somebody else's; these are ours, and mean what they say.
    let heads = lines.dropFirst(3).filter { $0.hasPrefix(Self.headWord) }
    let hash = heads.first.flatMap { ContentHash(hex: String($0.dropFirst(Self.headWord.count))) }
    guard heads.isEmpty || heads.count == 1 && hash != nil else {
      throw Self.malformed("one line 'head' with the 64 digits of a hash")
    }
    self.init(origin: String(lines[0]), size: size, root: root, head: hash)
  }

  static func malformed(_ expected: String) -> FormatError {
    .malformed("a checkpoint", expected: expected)
  }
}

/// A text with signatures below it, in the form of C2SP's signed-note.
public struct SignedNote: Hashable, Sendable {
  /// A line below the text: the key's name, and its 4 bytes of key id before the signature.
  struct Signature: Hashable, Sendable {
    var name: String
    var bytes: [UInt8]
  }

  private static let mark = "\u{2014} "

  /// What is signed, its last line break too.
  public let text: String
  private(set) var signatures: [Signature] = []

  /// A text that nobody signed yet.
  public init(text: String) { self.text = text }

  /// Reads a note, or a text without signatures.
  /// - Throws: `FormatError` for other controls than line breaks, and for what is no signature below it.
  public init(_ note: String) throws(FormatError) {
    guard note.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else {
      throw Checkpoint.malformed("text without controls")
    }
    let bytes = Array(note.utf8)
    let gap = bytes.indices.dropLast().last { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }
    guard let gap, gap + 2 < bytes.count else {
      text = note.hasSuffix("\n") ? note : note + "\n"
      return
    }
    text = String(decoding: bytes[...gap], as: UTF8.self)
    for line in String(decoding: bytes[(gap + 2)...], as: UTF8.self).split(separator: "\n") {
      let words = line.dropFirst(Self.mark.count).split(
        separator: " ", omittingEmptySubsequences: false)
      guard line.hasPrefix(Self.mark), words.count == 2, !words[0].isEmpty,
        let bytes = Base64.bytes(words[1]), bytes.count > 4
      else { throw Checkpoint.malformed("signatures below its empty line") }
      signatures.append(Signature(name: String(words[0]), bytes: bytes))
    }
  }

  /// The whole note.
  public var note: String {
    if signatures.isEmpty { return text }
    return text + "\n"
      + signatures.map { "\(Self.mark)\($0.name) \(Base64.text($0.bytes))\n" }.joined()
  }

  /// Adds a signature by a key of this name.
  public mutating func sign(by key: SigningKey, named name: String) throws {
    let id = Self.keyID(name, key.verifyingKey)
    signatures.append(
      Signature(name: name, bytes: id + (try key.signature(of: Array(text.utf8)))))
  }

  /// Whether the key signed it; false also where it did so wrongly.
  public func isSigned(by key: VerifyingKey) -> Bool {
    let own = signatures.filter { $0.bytes.starts(with: Self.keyID($0.name, key)) }
    return !own.isEmpty
      && own.allSatisfy { key.accepts(Array($0.bytes.dropFirst(4)), of: Array(text.utf8)) }
  }

  /// A signature says by 4 bytes of a hash whose it is; the byte 1 stands for Ed25519.
  private static func keyID(_ name: String, _ key: VerifyingKey) -> [UInt8] {
    Array(ContentHash(of: Array("\(name)\n\u{1}".utf8) + key.bytes).bytes.prefix(4))
  }
}
