internal import SQLiteAccess
internal import SchemaModel

extension Projection {
  /// The relations that do not say the same in both files, of the same events; numbers that only join
  /// rows are left out.
  public func differences(from other: Projection) throws(ProjectionError) -> [String] {
    let (own, others) = (try contents(), try other.contents())
    return zip(own, others).filter { $0.hash != $1.hash }.map(\.0.relation)
  }

  /// A hash of what each relation says; it means the same in this process alone.
  private func contents() throws(ProjectionError) -> [(relation: String, hash: Int)] {
    try ProjectionError.mapping(path: path) {
      try connection.read { db in
        try Self.relations.map { name, sql in
          var hasher = Hasher()
          let statement = try db.prepare(sql)
          while try statement.step() {
            for column in 0..<statement.columnCount {
              hasher.combine("\(statement.value(column))")
            }
          }
          return (name, hasher.finalize())
        }
      }
    }
  }

  private static let relations = [
    ("projection_state", "SELECT * FROM projection_state"),
    ("events", "SELECT * FROM events ORDER BY sequence"),
    ("revisions", "SELECT * FROM revisions ORDER BY ordinal"),
    ("revision_parents", "SELECT * FROM revision_parents ORDER BY revision, position"),
    ("lines", "SELECT * FROM lines ORDER BY line"),
    ("tags", "SELECT * FROM tags ORDER BY name"),
    ("truncations", "SELECT * FROM truncations ORDER BY sequence"),
    (
      "event_objects",
      """
      SELECT k.sequence, o.kind, o.namespace, o.within, o.name
      FROM event_object_keys AS k LEFT JOIN object_paths AS o USING (object) ORDER BY 1, 2, 3, 4, 5
      """
    ),
    (
      "object_changes",
      """
      SELECT c.line, c.position, o.kind, o.namespace, o.within, o.name, c.until, c.change, t.table_name,
        t.definition, t.structure
      FROM object_changes AS c LEFT JOIN object_paths AS o USING (object)
        LEFT JOIN object_texts AS t USING (change_id) ORDER BY 1, 2, 3, 4, 5, 6
      """
    ),
    ("object_texts", "SELECT count(*) FROM object_texts"),
  ]
}
