public import SchemaModel

/// What is kept by its hash beside the trees: objects, sources.
public enum ContentNode {
  /// The node of an object: the kind, then its fields.
  public static func bytes(of object: SchemaObject) -> [UInt8] {
    var writer = FieldWriter(reserving: 512)
    writer.append(NodeKind.object.rawValue)
    object.encode(into: &writer)
    return writer.bytes
  }

  /// The object of a node.
  /// - Throws: `FormatError` for bytes that are no object's node.
  public static func object(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> SchemaObject {
    try SchemaObject(from: reader(bytes, kind: .object, "a schema object"))
  }

  /// The name of the table that an object belongs to, as `SchemaObject.owningTable` gives it, without
  /// decoding the object.
  public static func owningTable(
    _ bytes: UnsafeRawBufferPointer
  ) throws(FormatError) -> String? {
    var reader = try reader(bytes, kind: .object, "a schema object")
    guard let content = try reader.next() else {
      throw .missingField("content", of: "an object")
    }
    if content.number == 1 { return nil }
    var fields = try content.message("an object's content")
    let name = try fields.next(number: 1)
    // An index without the field has a table without a name; a definition has none.
    guard let name else { return content.number == 2 ? "" : nil }
    return String(decoding: name, as: UTF8.self)
  }

  /// The node of a source: the kind, then the file's bytes.
  public static func bytes(ofSource source: [UInt8]) -> [UInt8] {
    [NodeKind.source.rawValue] + source
  }

  /// The file's bytes of a source's node.
  /// - Throws: `FormatError` for bytes that are no source's node.
  public static func source(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> [UInt8] {
    Array(try reader(bytes, kind: .source, "a source").remaining)
  }

  static func reader(
    _ bytes: UnsafeRawBufferPointer, kind: NodeKind, _ what: StaticString
  ) throws(FormatError) -> FieldReader {
    var reader = FieldReader(bytes, of: what)
    guard try reader.byte() == kind.rawValue else {
      throw .malformed("\(what)", expected: "the kind \(kind)")
    }
    return reader
  }
}
