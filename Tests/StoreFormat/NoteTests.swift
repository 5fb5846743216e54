import SchemaModel
import StoreFormat
import Testing

/// Values that others computed: the reference tree of Certificate Transparency, and the note of Go's
/// golang.org/x/mod/sumdb/note.
@Suite("Checkpoints, notes and the Merkle tree are those of their specifications")
struct NoteTests {
  static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  static let text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  static let signed =
    text + "\n\u{2014} PeterNeumann "
    + "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

  /// The seed of a Go key (a byte 1 before it) as PEM.
  private func key() throws -> SigningKey {
    let seed = try #require(Base64.bytes("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"))
    let head: [UInt8] = [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20]
    let body = Base64.text(head + seed.dropFirst())
    return try SigningKey(pem: "-----BEGIN PRIVATE KEY-----\n\(body)\n-----END PRIVATE KEY-----\n")
  }

  @Test("a tree has the roots and audit paths of the reference")
  func tree() throws {
    var tree = MerkleTree()
    let leaves: [[UInt8]] = [
      [], [0], [0x10], [0x20, 0x21], [0x30, 0x31], Array(0x40...0x43), Array(0x50...0x57),
      Array(0x60...0x6F),
    ]
    for leaf in leaves { leaf.withUnsafeBytes { tree.append($0) } }
    for (count, root) in Self.roots.enumerated() {
      #expect(tree.root(of: count).description == root, "\(count)")
    }
    #expect(
      tree.path(to: 5, of: 8).map(\.description) == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ])
  }

  @Test("a note is signed as Go signs it, to the byte, and no byte of it can be changed")
  func note() throws {
    let key = try key()
    #expect(
      Base64.text([1] + key.verifyingKey.bytes) == "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    var note = SignedNote(text: Self.text)
    try note.sign(by: key, named: "PeterNeumann")
    #expect(note.note == Self.signed)
    #expect(try SignedNote(Self.signed).isSigned(by: key.verifyingKey))
    let bytes = Array(Self.signed.utf8)
    for index in bytes.indices.dropLast() {
      var harmed = bytes
      harmed[index] ^= 1
      let read = try? SignedNote(String(decoding: harmed, as: UTF8.self))
      #expect(read?.isSigned(by: key.verifyingKey) != true, "\(index)")
    }
  }

  @Test("a signature of a key's that is wrong is not mended by another that is right")
  func both() throws {
    let key = try key()
    var note = SignedNote(text: "other\n")
    try note.sign(by: key, named: "PeterNeumann")
    let wrong = try #require(note.note.split(separator: "\n").last)
    let read = try SignedNote(Self.signed + wrong + "\n")
    #expect(!read.isSigned(by: key.verifyingKey))
  }

  @Test("a checkpoint reads as it is written, and what is none is refused")
  func checkpoint() throws {
    let root = try #require(ContentHash(hex: Self.roots[8]))
    for head in [nil, root] {
      let checkpoint = Checkpoint(origin: "example.com/log", size: 8, root: root, head: head)
      #expect(try Checkpoint(text: checkpoint.text) == checkpoint)
    }
    let line = Base64.text(root.bytes)
    #expect(try Checkpoint(text: "a\n8\n\(line)\nextension\nheader x\n").head == nil)
    for text in [
      "", "\n", "a\n8\n", "a\n8\n\(line)", "a\n08\n\(line)\n", "a\n-8\n\(line)\n", "\n8\n\(line)\n",
      "a\n8\n\(line)\n\n", "a\n8\n\(line.dropLast())\n", "a\n8\nAAAA\n", "a\n8 \n\(line)\n",
      "a\n99999999999999999999\n\(line)\n", "a\n8\n\(line)\nhead x\n",
      "a\n8\n\(line)\nhead \(root)0\n", "a\n8\n\(line)\nhead \(root)\nhead \(root)\n",
    ] {
      #expect(throws: FormatError.self, "\(text)") { try Checkpoint(text: text) }
    }
    for note in ["a\u{1}\n", "a\r\n", "a\n\nno signature\n", "a\n\n\u{2014} name AAAA\n"] {
      #expect(throws: FormatError.self, "\(note)") { try SignedNote(note) }
    }
  }

  @Test("base 64 reads what it writes, and nothing else")
  func base64() throws {
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 73 + count * 31) }
      #expect(Base64.bytes(Base64.text(bytes)) == bytes)
    }
    #expect(Base64.text(Array("foobar".utf8)) == "Zm9vYmFy")
    #expect(Base64.text(Array("fooba".utf8)) == "Zm9vYmE=")
    #expect(Base64.text(Array("foob".utf8)) == "Zm9vYg==")
    for text in ["Zm9vYg", "Zm9vYh==", "Zm9v=", "Z", "=", "Zm9v YmFy", "Zm9vYmF-", "=Zm9vYg="] {
      #expect(Base64.bytes(text) == nil, "\(text)")
    }
  }
}
