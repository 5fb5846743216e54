public import SchemaModel

extension SnapshotTree {
  /// The operations that turn one snapshot into another, where nothing can have been renamed: what
  /// `SchemaDiff.operations` gives for the two schemas, without making all of their values.
  ///
  /// Nil where names went and others came: the lineage decides what that is.
  public static func operations(
    from old: SnapshotRoot, to new: SnapshotRoot, in nodes: some NodeReader
  ) throws -> [Operation]? {
    var dropped: [Place] = []
    var altered: [Place] = []
    var created: [Place] = []
    try differences(from: old, to: new, in: nodes) { path, old, new in
      switch (old, new) {
      case (let old?, let new?): altered.append(Place(path: path, content: old, next: new))
      case (let old?, nil): dropped.append(Place(path: path, content: old))
      case (nil, let new?): created.append(Place(path: path, content: new))
      case (nil, nil): break
      }
    }
    if !dropped.isEmpty, !created.isEmpty {
      let came = Set(created.map(\.path.kind))
      if dropped.contains(where: { came.contains($0.path.kind) }) { return nil }
    }
    var operations: [Operation] = []
    operations.reserveCapacity(dropped.count + 2 * altered.count + created.count)
    dropped.sort { SchemaDiff.dropsFirst($0.path, $1.path) }
    for place in dropped {
      let object = try nodes.withNode(place.content) { try ContentNode.object($0) }
      operations.append(.dropObject(DropObject(path: place.path, object: object)))
    }
    altered.sort { $0.path < $1.path }
    for place in altered {
      let isCertain = try nodes.withNode(place.content) { old in
        try nodes.withNode(place.next) { new in
          try VersionDiff.append(place.path, old, new, to: &operations)
        }
      }
      guard isCertain else { return nil }
    }
    created.sort { SchemaDiff.createsFirst($0.path, $1.path) }
    for place in created {
      let object = try nodes.withNode(place.content) { try ContentNode.object($0) }
      operations.append(.createObject(CreateObject(path: place.path, object: object)))
    }
    return operations
  }

  private struct Place {
    var path: ObjectPath
    var content: ContentHash
    /// Of what is in both snapshots: the second one's.
    var next = ContentHash(0, 0, 0, 0)
  }
}

/// The diff of two versions of one object.
///
/// Most of a table is the same in both, and its bytes are, since equal values have equal bytes. So
/// where only columns and the text differ, nothing else is decoded.
public enum VersionDiff {
  /// Appends what makes the second version of the first, as `SchemaDiff` does.
  /// - Returns: false, with nothing appended, where a column may have been renamed.
  public static func append(
    _ path: ObjectPath, _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer,
    to operations: inout [Operation]
  ) throws(FormatError) -> Bool {
    if try appendColumnsAndText(path, old, new, to: &operations) { return true }
    let (before, after) = (try ContentNode.object(old), try ContentNode.object(new))
    if let old = before.table, let new = after.table, mayRename(old, new) { return false }
    SchemaDiff.append(path, from: before, to: after, to: &operations)
    return true
  }

  private static func mayRename(_ old: Table, _ new: Table) -> Bool {
    if old.hasPrefixOfNames(new) || new.hasPrefixOfNames(old) { return false }
    let names = (
      Set<ExactText>(old.columns.map(\.name)), Set<ExactText>(new.columns.map(\.name))
    )
    return !names.0.isSubset(of: names.1) && !names.1.isSubset(of: names.0)
  }

  /// False, with nothing appended, where more is different than some columns and the text.
  private static func appendColumnsAndText(
    _ path: ObjectPath, _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer,
    to operations: inout [Operation]
  ) throws(FormatError) -> Bool {
    var a = try ContentNode.reader(old, kind: .object, "a schema object")
    var b = try ContentNode.reader(new, kind: .object, "a schema object")
    guard let before = try a.next(), let after = try b.next(), before.number == 1,
      after.number == 1, a.remaining.hasSameBytes(as: b.remaining)
    else { return false }
    a = try before.message("a table")
    b = try after.message("a table")
    let count = operations.count
    guard try appendColumns(path, &a, &b, to: &operations) else {
      operations.removeLast(operations.count - count)
      return false
    }
    let constraints = (try a.run(of: 2), try b.run(of: 2))
    let texts = (try a.run(of: 3), try b.run(of: 3))
    guard constraints.0.hasSameBytes(as: constraints.1), a.remaining.hasSameBytes(as: b.remaining)
    else {
      operations.removeLast(operations.count - count)
      return false
    }
    if !texts.0.hasSameBytes(as: texts.1) {
      let edit = TextEdit(fromUTF8: try text(texts.0), to: try text(texts.1))
      operations.append(.rewriteText(RewriteText(table: path, edit: edit)))
    }
    return true
  }

  /// Reads the columns of both. False where they do not have the same names in the same order.
  private static func appendColumns(
    _ path: ObjectPath, _ old: inout FieldReader, _ new: inout FieldReader,
    to operations: inout [Operation]
  ) throws(FormatError) -> Bool {
    while true {
      let (x, y) = (try old.next(number: 1), try new.next(number: 1))
      guard let x, let y else { return x == nil && y == nil }
      if x.hasSameBytes(as: y) { continue }
      let before = try Column.decoded(from: FieldReader(x, of: "a column"))
      let after = try Column.decoded(from: FieldReader(y, of: "a column"))
      guard before.name == after.name else { return false }
      // Bytes that are not as they are written today may give the same column.
      if before == after { continue }
      operations.append(
        .alterColumn(AlterColumn(table: path, before: before, after: after)))
    }
  }

  /// The UTF-8 of a table's text; empty where it has none.
  private static func text(
    _ field: UnsafeRawBufferPointer
  ) throws(FormatError) -> UnsafeBufferPointer<UInt8> {
    var reader = FieldReader(field, of: "a table")
    guard let text = try reader.next()?.content() else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return text.assumingMemoryBound(to: UInt8.self)
  }
}
