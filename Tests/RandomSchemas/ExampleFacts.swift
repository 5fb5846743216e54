public import SchemaModel

extension Examples {
  public static let revision = Revision(
    draft: RevisionDraft(
      id: "1a2b3c4d5e6f", parents: ["000000000001", "000000000002"], dependsOn: ["base"],
      labels: ["billing"], author: "Ada <ada@example.org>", message: "Adds users",
      authored: Timestamp("2024-05-01T12:00:00.250Z"), warnings: ["recorded from the linear run"]),
    source: SourceReference(
      format: .alembic, path: "versions/1a2b_users.py", up: hash, downPath: "down.sql", down: hash),
    snapshot: Fingerprint(hash), rows: hash, operationCount: 2)

  public static let segment = SegmentReference(
    name: "1-9-000000000001.segment", hash: hash, byteCount: 40_960, first: EventSequence(1),
    last: EventSequence(9), lastHash: hash, revisionCount: 3)

  public static let folder = FolderRewrite(
    format: .alembic, directory: "/srv/app/migrations", added: ["1a2b_baseline.py": hash],
    removed: ["1a2b_users.py": hash])

  public static let runner = RunnerTable(
    name: "alembic_version", definition: "CREATE TABLE alembic_version (version_num TEXT)")

  /// One fact of each kind, by a name for its file.
  public static let facts: [(name: String, fact: Event.Fact)] = [
    ("opened", .opened(Opening(dialect: Dialect("sqlite"), writer: "strata 0.1.0"))),
    (
      "opened-keeping-tables",
      .opened(
        Opening(
          dialect: Dialect("postgresql"), writer: "strata 0.1.0",
          keptTables: ["alembic_version", "schema_migrations"]))
    ),
    ("revision-recorded", .revisionRecorded(revision)),
    ("operation", .operation(operations[6].operation, revision: EventSequence(7))),
    ("tagged", .tagged(name: "v1.0", revision: "1a2b3c4d5e6f")),
    ("tag-deleted", .tagDeleted(name: "v1.0")),
    (
      "truncated",
      .truncated(
        Truncation(
          revision: revision, schema: schema, segment: segment, reason: "too long",
          folder: folder, proof: ["the baseline gives the fingerprint 0000"]))
    ),
    (
      "restored",
      .restored(Restoration(segment: segment, truncation: EventSequence(10), folder: folder))
    ),
    ("runner-noted", .runnerNoted(runner)),
    (
      "signed",
      .signed(
        EventSignature(
          first: EventSequence(250), key: Array(0..<32), signature: Array(100..<164)))
    ),
  ]

  public static func event(_ fact: Event.Fact) -> Event {
    Event(
      sequence: EventSequence(258), time: Timestamp(milliseconds: 1_714_564_800_250),
      actor: "Ada <ada@example.org>", fact: fact)
  }

  public static let rows = RowSet(
    columns: ["id", "price", "name", "picture", "note"],
    rows: [
      [.integer(1), .real(2.5), .text("Å"), .blob([0, 255]), .null],
      [.integer(-300), .real(-0.0), .text(""), .blob([]), .integer(Int64.min)],
    ])
}
