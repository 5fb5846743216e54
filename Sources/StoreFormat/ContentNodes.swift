public import SchemaModel

/// What is kept by its hash beside the trees: objects, sources.
public enum ContentNode {
  public static func bytes(of object: SchemaObject) -> [UInt8] {
    var writer = FieldWriter(reserving: 512)
    writer.append(NodeKind.object.rawValue)
    object.encode(into: &writer)
    return writer.bytes
  }

  public static func object(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> SchemaObject {
    try SchemaObject(from: reader(bytes, kind: .object, "a schema object"))
  }

  public static func bytes(ofSource source: [UInt8]) -> [UInt8] {
    [NodeKind.source.rawValue] + source
  }

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
