import FileSystem
import SchemaHistory
import SchemaModel

extension FuzzTarget {
  /// REV and OBJECT, as somebody types them, asked of a history of four revisions.
  static let names: [FuzzTarget] = [
    FuzzTarget("revision") { bytes in
      let id = try SmallHistory.shared.resolve(text(bytes))
      let found = try SmallHistory.shared.revision(id).id
      precondition(found == id)
    },
    FuzzTarget("object-name") { bytes in
      let name = try SmallHistory.shared.newestObject(named: text(bytes))
      precondition(!name.path.name.isEmpty)
    },
  ]
}

private enum SmallHistory {
  // One thread asks it.
  nonisolated(unsafe) static let shared: History = {
    do { return try make() } catch { fatalError("no history to ask: \(error)") }
  }()

  private static func make() throws -> History {
    let folder = try TemporaryFolder("fuzz")
    let history = try History.create(
      at: folder.path + "/.strata", dialect: Dialect("sqlite"), by: "fuzz")
    var parents: [RevisionID] = []
    for (number, id) in ["a1b2", "a1c3", "20240501120000", "v-x"].enumerated() {
      var table = Table(columns: [
        Column(name: "id", type: "INTEGER"), Column(name: "e mail", type: "TEXT"),
      ])
      table.definition = "CREATE TABLE t\(number) (id INTEGER, \"e mail\" TEXT)"
      let path = ObjectPath.table("t\(number)")
      try history.record(
        [
          Recording(
            draft: RevisionDraft(id: RevisionID(id), parents: parents, message: "\(number)"),
            change: .operations([
              .createObject(CreateObject(path: path, object: SchemaObject(.table(table))))
            ]))
        ], by: "fuzz")
      parents = [RevisionID(id)]
    }
    try history.tag("release", parents[0], by: "fuzz")
    return history
  }
}
