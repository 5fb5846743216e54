import Testing

/// A way in which a migration comes to a NOT NULL, and what it does with it afterwards.
struct NotNullCase: CustomTestStringConvertible, Sendable {
  var testDescription: String
  /// Revisions, one after the other.
  var scripts: [String]

  /// What is done to the table afterwards.
  enum Sequel: Sendable {
    case none
    /// The table and then the column get other names, and a copy is made LIKE it.
    case renames(table: String, column: String)
  }

  init(_ title: String, _ scripts: String..., then sequel: Sequel = .none) {
    testDescription = title
    self.scripts = scripts
    if case .renames(let table, let column) = sequel {
      self.scripts += [
        "ALTER TABLE \(table) RENAME TO \"Other one\"",
        "ALTER TABLE \"Other one\" RENAME COLUMN \(column) TO \"it's\"",
        "CREATE TABLE liked (LIKE \"Other one\" INCLUDING ALL)",
      ]
    }
  }
}

extension NotNullCase {
  static let all = tables + heirs + partitions + domains
}
