/// What the engine did to its own text of a table, beside the changes that have a meaning: SQLite
/// edits the CREATE text on ALTER TABLE, and a rebuild gives it a new one.
public struct RewriteText: SchemaChange {
  /// The table whose text the engine edited.
  public var table: ObjectPath
  /// The places that differ, in order, by their offset in the text before; UTF-8 bytes.
  public var edit: TextEdit

  public init(table: ObjectPath, edit: TextEdit) {
    self.table = table
    self.edit = edit
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    try state.updateTable(table, for: self) { target in
      guard let text = edit.applied(to: target.definition) else {
        throw FoldError.different(
          table, expected: "the text that the engine edited", found: "another text",
          operation: summary)
      }
      target.definition = text
    }
  }

  public var inverse: Operation? {
    .rewriteText(RewriteText(table: table, edit: edit.inverse))
  }
  public var kind: String { "rewrite text" }
  public var subjects: [ObjectPath] { [table] }
  public var summary: String { "\(kind) of \(table)" }
}

/// The one place in which two texts differ: what both begin with and end with is left out.
public struct TextEdit: Hashable, Sendable {
  /// UTF-8 bytes before the place.
  public var offset: Int
  /// What stood there.
  public var removed: String
  /// What stands there then.
  public var inserted: String
  /// The UTF-8 byte count of the text before: another text is refused.
  public var byteCount: Int

  public init(offset: Int, removed: String, inserted: String, byteCount: Int) {
    self.offset = offset
    self.removed = removed
    self.inserted = inserted
    self.byteCount = byteCount
  }

  /// The edit that makes `new` of `old`; no text at all counts as the empty one.
  public init(from old: String?, to new: String?) {
    var (old, new) = (old ?? "", new ?? "")
    self = old.withUTF8 { a in new.withUTF8 { TextEdit(fromUTF8: a, to: $0) } }
  }

  /// The same of texts that are not strings yet.
  public init(fromUTF8 old: UnsafeBufferPointer<UInt8>, to new: UnsafeBufferPointer<UInt8>) {
    let (prefix, suffix) = Self.common(old, new)
    func between(_ text: UnsafeBufferPointer<UInt8>) -> String {
      let part = UnsafeBufferPointer(rebasing: text[prefix..<text.count - suffix])
      return String(decoding: part, as: UTF8.self)
    }
    self.init(
      offset: prefix, removed: between(old), inserted: between(new), byteCount: old.count)
  }

  /// How many bytes both begin with, and end with.
  private static func common(
    _ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>
  ) -> (prefix: Int, suffix: Int) {
    let length = min(a.count, b.count)
    var prefix = commonPrefix(UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b), length)
    // Both sides of the cut must be whole characters, or the halves would not be text.
    while prefix > 0, isInside(a, prefix) || isInside(b, prefix) { prefix -= 1 }
    var suffix = commonSuffix(
      UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b), length - prefix)
    while suffix > 0, isInside(a, a.count - suffix) || isInside(b, b.count - suffix) {
      suffix -= 1
    }
    return (prefix, suffix)
  }

  /// Eight bytes a step.
  private static func commonPrefix(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ length: Int
  ) -> Int {
    var count = 0
    while count &+ 8 <= length {
      let difference =
        a.loadUnaligned(fromByteOffset: count, as: UInt64.self)
        ^ b.loadUnaligned(fromByteOffset: count, as: UInt64.self)
      if difference != 0 { return count + difference.littleEndian.trailingZeroBitCount / 8 }
      count &+= 8
    }
    while count < length, a[count] == b[count] { count += 1 }
    return count
  }

  private static func commonSuffix(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ length: Int
  ) -> Int {
    var count = 0
    while count &+ 8 <= length {
      let difference =
        a.loadUnaligned(fromByteOffset: a.count &- count &- 8, as: UInt64.self)
        ^ b.loadUnaligned(fromByteOffset: b.count &- count &- 8, as: UInt64.self)
      if difference != 0 { return count + difference.littleEndian.leadingZeroBitCount / 8 }
      count &+= 8
    }
    while count < length, a[a.count - 1 - count] == b[b.count - 1 - count] { count += 1 }
    return count
  }

  private static func isInside(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    index < bytes.count && bytes[index] & 0b1100_0000 == 0b1000_0000
  }

  /// The text after; nil where `text` is not the one that was edited. The empty text comes back
  /// as none.
  public func applied(to text: String?) -> String?? {
    let bytes = Array((text ?? "").utf8)
    let old = Array(removed.utf8)
    guard bytes.count == byteCount, offset >= 0, offset <= bytes.count,
      old.count <= bytes.count - offset, bytes[offset..<offset + old.count].elementsEqual(old)
    else { return nil }
    let result = bytes[..<offset] + Array(inserted.utf8) + bytes[(offset + old.count)...]
    return .some(result.isEmpty ? nil : String(decoding: result, as: UTF8.self))
  }

  public var inverse: TextEdit {
    TextEdit(
      offset: offset, removed: inserted, inserted: removed,
      byteCount: byteCount &- removed.utf8.count &+ inserted.utf8.count)
  }
}
