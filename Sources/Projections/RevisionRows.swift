internal import SQLiteAccess
internal import SchemaModel

extension ProjectionWriter {
  /// A place along first parents.
  struct Place {
    var line: Int64
    var position: Int64
  }

  func add(_ projected: ProjectedRevision) throws {
    try addRevision(projected)
    try insertEvents(projected)
  }

  /// The revision and what it changed, without its events.
  func addRevision(_ projected: ProjectedRevision) throws {
    let place = try place(after: projected.revision.parents.first)
    try insert(projected, at: place)
    for (path, object) in projected.changes {
      try insertChange(path, object, at: place)
    }
  }

  /// The next place on the parent's line, or the first of a new line where that one goes on
  /// already. A parent that is not known (archived, and its segment not there) begins a line too.
  private func place(after parent: RevisionID?) throws -> Place {
    guard let parent,
      let (line, position) = try statements.findRevision.row(
        [parent.text], { (try $0.integer(0), try $0.integer(1)) })
    else {
      try statements.insertLine.run([(any Bindable)?.none, nil])
      return Place(line: db.lastInsertedRow, position: 1)
    }
    if try statements.isTip.row([position, line], { try $0.integer(0) }) == 1 {
      return Place(line: line, position: position + 1)
    }
    try statements.insertLine.run([line, position])
    return Place(line: db.lastInsertedRow, position: position + 1)
  }

  private func insert(_ projected: ProjectedRevision, at place: Place) throws {
    let revision = projected.revision
    let values: [(any Bindable)?] = [
      revision.id.text,
      StructureText.list(revision.parents.map(\.text)),
      revision.parents.first?.text,
      StructureText.list(revision.dependsOn.map(\.text)),
      StructureText.list(revision.labels),
      revision.author,
      revision.message,
      revision.authored?.description,
      text(projected.recorded),
      projected.actor,
      StructureText.list(revision.warnings),
      revision.source?.path,
      revision.snapshot.description,
      revision.operationCount,
      true,
      projected.isArchived,
      projected.sequence.number,
      place.line,
      place.position,
    ]
    try statements.insertRevision.run(values)
    for (position, parent) in revision.parents.enumerated() {
      try statements.insertParent.run([revision.id.text, position, parent.text])
      try statements.clearHead.run([parent.text])
    }
  }

  private func insertEvents(_ projected: ProjectedRevision) throws {
    let revision = projected.revision
    try insertEvent(
      EventRow(
        sequence: projected.sequence, time: projected.recorded, actor: projected.actor,
        kind: "revision recorded", revision: revision.id,
        summary: Self.summary(of: revision), subjects: [], isArchived: projected.isArchived))
    for (place, (sequence, operation)) in projected.operations.enumerated() {
      let change = operation.change
      try insertEvent(
        EventRow(
          sequence: sequence, time: projected.recorded, actor: projected.actor,
          kind: change.kind, revision: revision.id,
          summary: revision.summary(of: operation, at: place),
          subjects: change.subjects, isArchived: projected.isArchived))
    }
  }

  private static func summary(of revision: Revision) -> String {
    let title = revision.message.prefix { !$0.isNewline }
    return title.isEmpty ? "\(revision.id)" : "\(revision.id) \(title)"
  }
}

// What a revision made of one object.
extension ProjectionWriter {
  func insertChange(
    _ path: ObjectPath, _ changed: SchemaObject?, at place: Place
  ) throws {
    let number = try object(path)
    let previous = try previousChange(of: number, at: place)
    let wasThere = previous.map { $0.change != "dropped" } ?? false
    if changed == nil, !wasThere { return }
    if let previous, previous.isOnSameLine {
      try statements.endChange.run([place.position, previous.id])
    }
    let change = changed == nil ? "dropped" : wasThere ? "altered" : "created"
    try statements.insertChange.run([number, place.line, place.position, change])
    guard let changed else { return }
    try statements.insertText.run([
      db.lastInsertedRow, path.table ?? changed.owningTable, changed.text,
      StructureText.object(changed),
    ])
  }

  private struct Previous {
    var id: Int64
    var change: String
    var isOnSameLine: Bool
  }

  /// The last change of an object before a place, along first parents.
  private func previousChange(of object: Int64, at place: Place) throws -> Previous? {
    var (line, position) = (place.line, place.position)
    var passed: Set<Int64> = []
    while true {
      // The file may be anybody's: lines that lead back to themselves would never end.
      guard passed.insert(line).inserted else {
        throw SQLiteError.corrupt("line \(line) forks off itself")
      }
      let found = try statements.lastChange.row([object, line, position]) { row in
        Previous(
          id: try row.integer(0), change: try row.string(1), isOnSameLine: line == place.line)
      }
      if let found { return found }
      let fork = try statements.findLine.row([line]) {
        (try $0.integer(0), try $0.integer(1))
      }
      guard let fork else { return nil }
      (line, position) = fork
    }
  }
}
