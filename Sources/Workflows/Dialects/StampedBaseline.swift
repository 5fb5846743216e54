import SchemaModel

extension DialectWords {
  /// A baseline's statements with the migration tools' own tables around them: one that a statement
  /// speaks of (a view of it, a key that refers to it) comes first, the others last, and in the end
  /// what the tools keep in them.
  func stamped(
    _ statements: [String], _ id: RevisionID, _ runners: [RunnerTable]
  ) -> (statements: [String], stamp: [String]) {
    var (early, stamp): ([String], [String]) = ([], [])
    for runner in runners {
      let own = self.stamp(id, [runner])
      // One in a namespace of its own comes after what makes that.
      let isAtHome =
        defaultNamespace.isEmpty
        || runner.definition.hasPrefix("CREATE TABLE \(quoted(defaultNamespace)).")
      if isAtHome, statements.contains(where: { Self.mayNeed(runner, $0) }) {
        early += own.prefix(1)
        stamp += own.dropFirst()
      } else {
        stamp += own
      }
    }
    return (early + statements, stamp)
  }

  private static func mayNeed(_ runner: RunnerTable, _ statement: String) -> Bool {
    !statement.hasPrefix("INSERT ") && !statement.hasPrefix("COPY ")
      && statement.contains(runner.name)
  }
}
