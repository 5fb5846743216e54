import SchemaModel
import StoreFormat

/// What somebody knows of a history from elsewhere, and `verify` compares it with.
public struct Expectations: Sendable {
  /// A checkpoint, and what to call it.
  struct Kept: Sendable {
    var name: String
    var note: SignedNote
    var checkpoint: Checkpoint
  }

  /// A hash may be shortened to so many digits.
  public static let digitCountMin = 12

  private(set) var hashes: [String] = []
  private(set) var checkpoints: [Kept] = []
  private(set) var keys: [VerifyingKey] = []

  /// Nothing is known.
  public init() {}

  var isEmpty: Bool { hashes.isEmpty && checkpoints.isEmpty && keys.isEmpty }

  /// Whether a text can only be meant as an event's hash, whole or shortened.
  public static func isHash(_ text: String) -> Bool {
    (digitCountMin...ContentHash.byteCount * 2).contains(text.utf8.count)
      && text.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
  }

  /// The history went through the event with this hash: 64 digits, or the first 12 or more.
  public mutating func expect(hash: String) { hashes.append(hash.lowercased()) }

  /// The history went through a checkpoint.
  /// - Parameter name: what messages call it: its file.
  /// - Throws: `HistoryError.unreadable` for a text that is no checkpoint.
  public mutating func expect(checkpoint text: String, named name: String) throws(HistoryError) {
    do {
      let note = try SignedNote(text)
      let checkpoint = try Checkpoint(text: note.text)
      checkpoints.append(Kept(name: name, note: note, checkpoint: checkpoint))
    } catch { throw .unreadable("\(name): \(error)") }
  }

  /// Its checkpoints are signed by this key or another one that is expected; where none are given,
  /// its revisions are.
  /// - Parameter key: 64 hexadecimal digits, or the PEM text of an Ed25519 key.
  /// - Throws: `HistoryError.unreadable` for what is no such key.
  public mutating func expect(signaturesBy key: String) throws(HistoryError) {
    do { keys.append(try VerifyingKey(key)) } catch { throw .unreadable(error.description) }
  }
}
