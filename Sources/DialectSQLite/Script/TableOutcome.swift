internal import SchemaModel

extension SQLite.TableTracks.Outcome {
  /// `columns`: folded new name -> folded old name; `born`: folded names of columns that were made
  /// by the statements, whatever had their name before.
  mutating func add(
    _ path: ObjectPath, from origin: ObjectPath, columns: [ExactText: ExactText],
    born: Set<ExactText> = [], _ before: Schema, _ after: Schema
  ) {
    guard let old = before.objects[origin]?.table, let new = after.objects[path]?.table else {
      return
    }
    if path != origin { lineage.objects[path] = origin }
    var renames: [ExactText: ExactText] = [:]
    for column in new.columns {
      if born.contains(SQLite.folded(column.name)), columns[SQLite.folded(column.name)] == nil {
        if old.column(named: column.name) != nil {
          lineage.replacedColumns[path, default: []].insert(column.name)
        }
        continue
      }
      let name = columns[SQLite.folded(column.name)]?.text ?? SQLite.folded(column.name)
      guard let source = old.columns.first(where: { SQLite.folded($0.name) == name }),
        source.name != column.name
      else { continue }
      // One old column copied into two new ones stays the one that kept its name.
      let isTaken =
        new.column(named: source.name) != nil
        && columns[SQLite.folded(source.name)]?.text == name
      let former = ExactText(source.name)
      if !isTaken, !renames.values.contains(former) { renames[column.name] = former }
    }
    if !renames.isEmpty { lineage.columns[path] = renames }
  }

  /// A table that was made without the rows of another: a new one, or an old one made again.
  ///
  /// `origin`: the table before that had its name.
  mutating func judgeNew(
    _ path: ObjectPath, _ origin: ObjectPath?, claimed: inout Set<ObjectPath>, _ before: Schema,
    _ after: Schema
  ) {
    guard let origin, !claimed.contains(origin), let old = before.objects[origin]?.table,
      let new = after.objects[path]?.table
    else { return }
    let names = Set<ExactText>(old.columns.map { SQLite.folded($0.name) })
    let shared = new.columns.count { names.contains(SQLite.folded($0.name)) }
    if shared * 2 >= max(old.columns.count, new.columns.count) {
      claimed.insert(origin)
      add(path, from: origin, columns: [:], before, after)
    } else if path == origin {
      lineage.replaced.insert(path)
    }
  }
}
