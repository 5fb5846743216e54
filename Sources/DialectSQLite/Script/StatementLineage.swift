public import SchemaModel

extension SQLite {
  /// Which object became which, as the statements tell it: renames, and tables that were built anew
  /// with the rows of the old ones.
  ///
  /// A table whose rows were copied into a new one and which is gone in the end lives on as that
  /// one. Where the old table stays beside the new one it was a copy. A table that was dropped and
  /// made anew under its name without its rows lives on when at least half of the columns of the
  /// larger of the two are the same; otherwise it was replaced.
  public struct StatementLineage: Sendable {
    /// Only of objects that are in both schemas.
    public let lineage: Lineage
    /// The data statements, without those that belong to rebuilding a table or to a migration
    /// tool's own tables; what was run several times in a row is counted.
    public let dataStatements: [Statement]
    /// The migration tools' own tables that data statements are about.
    public let runnerWrites: Set<ExactText>
    /// Whether any of the statements can have changed rows.
    public let mayChangeRows: Bool

    /// Follows statements that ran, in their order, with the schemas before the first and after the
    /// last. A statement that is not understood is passed over.
    public init(
      _ statements: [ExecutedStatement], before: Schema, after: Schema,
      runnerTables: RunnerTables = RunnerTables()
    ) {
      var tables: [ExactText: ObjectPath] = [:]
      for path in before.objects.keys where path.kind == .table { tables[folded(path.name)] = path }
      self.init(
        statements, before: before, after: after, runnerTables: runnerTables,
        within: Set(before.objects.keys).union(after.objects.keys)
      ) { tables[$0] }
    }

    /// - Parameter paths: all objects that differ between the two schemas.
    /// - Parameter find: the table before that has a name, folded.
    public init(
      _ statements: [ExecutedStatement], before: Schema, after: Schema,
      runnerTables: RunnerTables, within paths: Set<ObjectPath>,
      find: (String) -> ObjectPath?
    ) {
      self = withoutActuallyEscaping(find) { find in
        Self(statements, TableTracks(before, find), before, after, runnerTables, paths)
      }
    }

    private init(
      _ statements: [ExecutedStatement], _ tracks: consuming TableTracks, _ before: Schema,
      _ after: Schema, _ runnerTables: RunnerTables, _ paths: Set<ObjectPath>
    ) {
      guard !statements.isEmpty else {
        (lineage, dataStatements, runnerWrites, mayChangeRows) = (Lineage(), [], [], false)
        return
      }
      var data: [(statement: Statement, copy: TableTracks.Copy?)] = []
      var mayChangeRows = false
      var writes: Set<ExactText> = []
      let runners = Set<ExactText>(runnerTables.names.map { folded($0.text) })
      for statement in statements {
        let tokens = Tokens(statement.sql)
        let kind = Script.kind(of: tokens)
        let copy = tracks.follow(tokens, kind)
        if kind == .other, !Reader(tokens).isWord("SELECT") { mayChangeRows = true }
        // VACUUM gives rows other rowids.
        if kind == .maintenance { mayChangeRows = true }
        if kind == .definition, Self.changesTable(tokens) { mayChangeRows = true }
        guard kind == .data else { continue }
        if let target = Self.dataTarget(tokens), runners.contains(folded(target)) {
          writes.insert(target)
          continue
        }
        mayChangeRows = true
        let sql = Script(statement.sql).statements.first?.sql ?? statement.sql
        if data.last?.statement.sql == sql {
          data[data.count - 1].statement.count += statement.count
        } else {
          data.append((Statement(sql: sql, count: statement.count), copy))
        }
      }
      let outcome = tracks.outcome(after: after, within: paths)
      var lineage = outcome.lineage
      for (new, old) in IndexRenames.pairs(
        before: before, after: after, within: paths, lineage: lineage)
      {
        lineage.objects[new] = old
      }
      self.lineage = lineage
      self.mayChangeRows = mayChangeRows
      runnerWrites = writes
      dataStatements = data.filter { $0.copy.map { !outcome.rebuilds.contains($0) } ?? true }
        .map(\.statement)
    }

    private static func changesTable(_ tokens: Tokens) -> Bool {
      var reader = Reader(tokens)
      guard reader.accept("CREATE") || reader.accept("DROP") else { return true }
      _ = reader.accept("TEMP") || reader.accept("TEMPORARY") || reader.accept("VIRTUAL")
      return reader.isWord("TABLE")
    }

    /// The table that INSERT, UPDATE, DELETE or REPLACE is about.
    private static func dataTarget(_ tokens: Tokens) -> String? {
      var reader = Reader(tokens)
      if reader.isWord("WITH") { reader.skipCommonTables() }
      if reader.accept("UPDATE") || reader.accept("INSERT") {
        if reader.accept("OR") { reader.position += 1 }
        _ = reader.accept("INTO")
      } else if reader.accept("DELETE") {
        _ = reader.accept("FROM")
      } else if reader.accept("REPLACE") {
        _ = reader.accept("INTO")
      }
      return reader.qualifiedName()?.name
    }
  }

  /// Indexes that were dropped and made anew under another name: SQLite has no other way to rename
  /// one.
  enum IndexRenames {
    static func pairs(
      before: Schema, after: Schema, within paths: Set<ObjectPath>, lineage: Lineage
    ) -> [(new: ObjectPath, old: ObjectPath)] {
      let indexes = paths.filter { $0.kind == .index }.sorted()
      let dropped = indexes.filter { after.objects[$0] == nil && before.objects[$0] != nil }
      guard !dropped.isEmpty else { return [] }
      let created = indexes.filter { before.objects[$0] == nil && after.objects[$0] != nil }
      return created.compactMap { path in
        guard let index = after.objects[path]?.index else { return nil }
        let table = lineage.objects[.table(index.table)]?.name ?? index.table
        let renames = lineage.columns[.table(index.table)] ?? [:]
        if lineage.replaced.contains(.table(index.table)) { return nil }
        var old = index
        old.table = table
        for part in old.parts.indices where !old.parts[part].isExpression {
          old.parts[part].text = renames[old.parts[part].text]?.text ?? old.parts[part].text
        }
        let twins = dropped.filter { isSame(before.objects[$0]?.index, old) }
        let rivals = created.filter { isSame(after.objects[$0]?.index, index) }
        guard twins.count == 1, rivals.count == 1 else { return nil }
        return (path, twins[0])
      }
    }

    private static func isSame(_ left: Index?, _ right: Index) -> Bool {
      left.map {
        $0.table == right.table && $0.parts == right.parts && $0.isUnique == right.isUnique
          && $0.predicate == right.predicate
      } ?? false
    }
  }
}
