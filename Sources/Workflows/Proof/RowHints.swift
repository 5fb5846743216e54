import SchemaHistory
import SchemaModel

/// What recorded rows tell of themselves, where the migrations cannot be run again: values that no
/// recorded migration spells out were computed, and those that look like chance or like the time of
/// the run may come out otherwise next time.
///
/// A hint, not a proof: a checksum looks like chance, and a small random number does not.
struct RowHints {
  let history: History
  let id: RevisionID

  /// Tables of `rows` whose rows may be others after another run.
  func tables(_ rows: SeedRows) throws -> [ObjectPath] {
    guard rows.rowCount > 0 else { return [] }
    let graph = try history.graph()
    let entries = graph.ordered(graph.ancestors(of: id))
    var words = SourceWords()
    var chancy: [RevisionGraph.Entry] = []
    var days: Set<String> = []
    var statements = SourceWords()
    for entry in entries {
      // What lies in a segment that was taken away is unknown: all of its values count as computed.
      guard let recorded = try? history.revision(entry.id) else { continue }
      for offset in -1...1 {
        let time = recorded.recorded.milliseconds + Int64(offset) * 86_400_000
        days.formUnion(Day(utc: Timestamp(milliseconds: time)).spellings)
      }
      guard let source = try? history.source(of: entry.id), words.read(source.up) else { continue }
      // In SQL the function may be in what makes a table; a program's own steps are not recorded.
      if recorded.revision.source?.format == .alembic {
        chancy.append(entry)
      } else if try history.operations(of: entry.id).contains(where: {
        guard case .statement(let statement) = $0.operation else { return false }
        return statements.read(Array(statement.sql.utf8))
      }) {
        chancy.append(entry)
      }
    }
    var found = Set(
      rows.tables.filter { entry in
        entry.value.rows.contains { row in
          row.contains { words.isComputed($0, days: days) }
        }
      }.keys)
    for entry in chancy { found.formUnion(try changed(by: entry)) }
    return found.filter { rows.tables[$0] != nil }.sorted()
  }

  /// Tables whose rows a revision changed.
  private func changed(by entry: RevisionGraph.Entry) throws -> [ObjectPath] {
    guard let rows = try? history.rows(at: entry.id) else { return [] }
    let before = entry.parents.compactMap { try? history.rows(at: $0) }
    return rows.tables.keys.filter { path in
      !before.contains { $0.tables[path] == rows.tables[path] }
    }
  }
}
