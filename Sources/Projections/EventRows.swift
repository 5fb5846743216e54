internal import SQLiteAccess
internal import SchemaModel

/// One row of `events`.
struct EventRow {
  var sequence: EventSequence
  var time: Timestamp
  var actor: String
  var kind: String
  var revision: RevisionID?
  var summary: String
  var subjects: [ObjectPath]
  var isArchived: Bool
}

extension ProjectionWriter {
  func insertEvent(_ row: EventRow) throws {
    let first = row.subjects.first
    try statements.insertEvent.run([
      row.sequence.number, text(row.time), row.actor, row.kind, row.revision?.text, row.summary,
      first?.kind.description, first?.namespace, first?.name, row.isArchived,
    ])
    for subject in row.subjects {
      try statements.insertEventObject.run([try object(subject), row.sequence.number])
    }
  }

  func add(_ event: Event) throws {
    var row = EventRow(
      sequence: event.sequence, time: event.time, actor: event.actor, kind: event.fact.kind,
      revision: nil, summary: event.fact.summary, subjects: [], isArchived: false)
    switch event.fact {
    case .opened(let opening):
      try execute("UPDATE projection_state SET dialect = ?", [opening.dialect.rawValue])
    case .revisionRecorded(let revision):
      row.revision = revision.id
    case .operation(let operation, _):
      row.subjects = operation.subjects
    case .tagged(let name, let revision):
      row.revision = revision
      try execute(
        "INSERT OR REPLACE INTO tags (name, revision, time, actor) VALUES (?, ?, ?, ?)",
        [name, revision.text, text(event.time), event.actor])
    case .tagDeleted(let name):
      try execute("DELETE FROM tags WHERE name = ?", [name])
    case .truncated(let truncation):
      row.revision = truncation.root
      try truncate(truncation, event)
    case .restored(let restoration):
      try restore(restoration)
    case .runnerNoted, .signed: break
    }
    try insertEvent(row)
  }

  private func truncate(_ truncation: Truncation, _ event: Event) throws {
    let segment = truncation.segment
    try mark(segment, isArchived: true)
    // The root's own events are in the segment, but the snapshot event stands for it.
    try execute("UPDATE revisions SET is_archived = 0 WHERE id = ?", [truncation.root.text])
    try execute(
      """
      INSERT INTO truncations (sequence, root, reason, time, actor, segment, first_sequence,
        last_sequence, revision_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        event.sequence.number, truncation.root.text, truncation.reason, text(event.time),
        event.actor, segment.name, segment.first.number, segment.last.number,
        segment.revisionCount,
      ])
    if try statements.findRevision.row([truncation.root.text], { _ in true }) == nil {
      try addRoot(truncation, event)
    }
  }

  /// The root of a truncation whose segment is not there: all that is known of it is its schema.
  private func addRoot(_ truncation: Truncation, _ event: Event) throws {
    let draft = RevisionDraft(id: truncation.root, message: "root of a truncated history")
    let revision = Revision(
      draft: draft, source: nil, snapshot: truncation.snapshot, rows: nil, operationCount: 0)
    try addRevision(
      ProjectedRevision(
        revision: revision, sequence: event.sequence, recorded: event.time, actor: event.actor,
        operations: [], changes: truncation.schema.objects.mapValues { $0 }, isArchived: false))
  }

  private func restore(_ restoration: Restoration) throws {
    try mark(restoration.segment, isArchived: false)
    try execute(
      "UPDATE truncations SET is_restored = 1 WHERE sequence = ?",
      [restoration.truncation.number])
  }

  private func mark(_ segment: SegmentReference, isArchived: Bool) throws {
    for table in ["revisions", "events"] {
      try execute(
        "UPDATE \(table) SET is_archived = ? WHERE sequence BETWEEN ? AND ?",
        [isArchived, segment.first.number, segment.last.number])
    }
  }

  private func execute(_ sql: String, _ values: [(any Bindable)?]) throws {
    try db.cached(sql).run(values)
  }
}
