internal import SchemaModel

extension PostgreSQL.Render.Plan {
  func isOfPartitioned(_ table: ObjectPath) -> Bool {
    schema.objects[table]?.table?.attributes["partition by"] != nil
  }

  /// What stands after ADD CONSTRAINT. The options of its index may be set afterwards, but for the
  /// index of a partitioned table: no server changes those. An exclusion constraint's text has them.
  func definition(of constraint: Constraint, _ isOfPartitioned: Bool) -> String {
    let text = constraint.attributes["definition"] ?? constraint.body
    guard isOfPartitioned, constraint.kind != .exclusion,
      let options = constraint.attributes["index options"],
      let end = Self.keyEnd(text)
    else { return ArrayCasts.pinned(text) }
    let bytes = Array(text.utf8)
    let (head, tail) = (bytes[..<end], bytes[end...])
    return ArrayCasts.pinned(
      String(decoding: head, as: UTF8.self) + " WITH (\(options))"
        + String(decoding: tail, as: UTF8.self))
  }

  /// The end of `UNIQUE (a, b) INCLUDE (c)`: behind the key, and what is included in it.
  private static func keyEnd(_ text: String) -> Int? {
    let bytes = SQLBytes(text)
    var index = 0
    while let byte = bytes.byte(index), byte != UInt8(ascii: "(") {
      index = bytes.unitEnd(from: index)
    }
    guard let end = groupEnd(bytes, index) else { return nil }
    let word: StaticString = " INCLUDE ("
    return bytes.starts(with: word, at: end)
      ? groupEnd(bytes, end + word.utf8CodeUnitCount - 1) : end
  }

  private static func groupEnd(_ bytes: SQLBytes, _ start: Int) -> Int? {
    var depth = 0
    var index = start
    while let byte = bytes.byte(index) {
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      index = bytes.unitEnd(from: index)
      if depth == 0 { return index }
    }
    return nil
  }
}
