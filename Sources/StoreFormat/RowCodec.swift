public import SchemaModel

/// Seed rows as bytes: a row set names its columns and its chunks, so that rows which are appended
/// leave the older chunks as they are.
///
///     row set    4, fields: column (1, text, repeated), chunk (2, hash, repeated), count (3)
///     row chunk  5, then per row its values: a type byte and the value
public enum RowCodec {
  static let chunkByteCountMax = 64 * 1024
  /// How many rows a table without columns may have: nothing on disk stands for each of them, so that a
  /// count from there must not ask for all the memory there is.
  public static let emptyRowCountMax = 1 << 20

  /// Gives the chunks to `keep`, and returns the bytes of the row set.
  public static func encode(
    _ rows: RowSet, keep: ([UInt8]) throws -> ContentHash
  ) rethrows -> [UInt8] {
    var chunks: [ContentHash] = []
    var chunk = FieldWriter()
    chunk.append(NodeKind.rowChunk.rawValue)
    for row in rows.rows {
      for value in row { encode(value, into: &chunk) }
      if chunk.bytes.count >= chunkByteCountMax {
        chunks.append(try keep(chunk.bytes))
        chunk = FieldWriter()
        chunk.append(NodeKind.rowChunk.rawValue)
      }
    }
    if chunk.bytes.count > 1 { chunks.append(try keep(chunk.bytes)) }
    var writer = FieldWriter()
    writer.append(NodeKind.rowSet.rawValue)
    writer.texts(1, rows.columns)
    for chunk in chunks { writer.hash(2, chunk) }
    writer.number(3, UInt64(rows.rows.count))
    return writer.bytes
  }

  private static func encode(_ value: RowValue, into writer: inout FieldWriter) {
    switch value {
    case .null: writer.append(0)
    case .integer(let number):
      writer.append(1)
      writer.varint(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    case .real(let number):
      writer.append(2)
      writer.bigEndian(number.bitPattern)
    case .text(let text):
      writer.append(3)
      writer.counted(text)
    case .blob(let bytes):
      writer.append(4)
      writer.varint(UInt64(bytes.count))
      writer.append(contentsOf: bytes)
    }
  }

  /// The columns of a row set and the hashes of its chunks. Rows without columns have no chunk:
  /// `emptyRowCount` is the number of theirs.
  public static func header(
    _ bytes: UnsafeRawBufferPointer
  ) throws(FormatError) -> (
    columns: [String], chunks: [ContentHash], emptyRowCount: Int, rowCount: Int
  ) {
    var reader = try ContentNode.reader(bytes, kind: .rowSet, "a row set")
    var columns: [String] = []
    var chunks: [ContentHash] = []
    var count = 0
    while let field = try reader.next() {
      switch field.number {
      case 1: columns.append(try field.text())
      case 2: chunks.append(try field.hash())
      case 3: count = try field.count()
      default: break
      }
    }
    guard columns.isEmpty else { return (columns, chunks, 0, count) }
    // The count comes from disk: a wrong one must not ask for all memory there is.
    guard count <= emptyRowCountMax else {
      throw .malformed("a row set", expected: "at most \(emptyRowCountMax) rows without columns")
    }
    return (columns, [], count, count)
  }

  /// The rows of one chunk, each with `width` values.
  public static func rows(
    _ bytes: UnsafeRawBufferPointer, width: Int
  ) throws(FormatError) -> [[RowValue]] {
    var reader = try ContentNode.reader(bytes, kind: .rowChunk, "a row chunk")
    guard width > 0 else { throw .malformed("a row set", expected: "at least one column") }
    var rows: [[RowValue]] = []
    while !reader.isAtEnd {
      var row: [RowValue] = []
      for _ in 0..<width { row.append(try value(&reader)) }
      rows.append(row)
    }
    return rows
  }

  private static func value(_ reader: inout FieldReader) throws(FormatError) -> RowValue {
    let type = try reader.byte()
    switch type {
    case 0: return .null
    case 1:
      let value = try reader.varint()
      return .integer(Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
    case 2: return .real(Double(bitPattern: try reader.bigEndian()))
    case 3: return .text(try reader.countedText())
    case 4: return .blob(Array(try reader.bytes(reader.varint())))
    default: throw .unknownKind(UInt64(type), of: "a row's value")
    }
  }
}
