internal import SchemaModel
internal import DialectPostgreSQL

/// What the comment on a role says that a migration made on a server of the user's. The commit check
/// writes it in the transaction that makes the role.
enum RoleMark {
  static let prefix = "made by a migration that Strata tries; "

  /// - Parameter host: which of the process's hosts, eight digits.
  static func text(host: String) -> String { prefix + ProcessMark.current().digits + host }

  /// Whose role it is; nil for one that is not of ours. A migration may have its own words before.
  static func process(in comment: String) -> ProcessMark? {
    guard let start = comment.ranges(of: prefix).last?.upperBound else { return nil }
    let digits = comment[start...].prefix(ProcessMark.digitCount)
    let rest = comment[start...].dropFirst(ProcessMark.digitCount)
    // Eight more since the mark names the host, too.
    guard rest.isEmpty || rest.utf8.count == 8 else { return nil }
    return ProcessMark(digits: digits)
  }

  /// The roles whose comment holds `mark` and whose mark is `isWanted`.
  static func roles(
    _ connection: PostgreSQLConnection, mark: String, where isWanted: (ProcessMark) -> Bool
  ) throws -> Set<String> {
    let answer = try connection.answer(
      to: PostgreSQLQuery(
        """
        SELECT r.rolname, d.description FROM pg_catalog.pg_shdescription AS d
        JOIN pg_catalog.pg_roles AS r ON r.oid = d.objoid
        WHERE d.classoid = 1260 AND pg_catalog.strpos(d.description, $1) > 0
        """, [mark]))
    let (name, comment) = (try answer.place(of: "rolname"), try answer.place(of: "description"))
    return Set(
      answer.rows.compactMap { row in
        guard let process = process(in: row[comment] ?? ""), isWanted(process) else { return nil }
        return row[name]
      })
  }

  /// Drops roles, whatever the order in which they depend on each other; what other databases still
  /// hold of one keeps it, and it goes with the next sweep.
  /// - Returns: those that stay.
  @discardableResult
  static func drop(_ names: Set<String>, _ connection: PostgreSQLConnection) -> Set<String> {
    var left = names
    for name in names.sorted() where isDropped(name, connection) { left.remove(name) }
    // Memberships that one role granted, and privileges that it was granted on what is shared, are
    // in the way of DROP ROLE.
    var count = left.count + 1
    while left.count < count {
      count = left.count
      for name in left.sorted() {
        let role = Identifier.quoted(name)
        if (try? connection.execute("DROP OWNED BY \(role)")) == nil {
          // Who made a role is its administrator since version 16, and still no member of it.
          try? connection.execute("GRANT \(role) TO CURRENT_USER")
          try? connection.execute("DROP OWNED BY \(role)")
        }
        if isDropped(name, connection) { left.remove(name) }
      }
    }
    return left
  }

  private static func isDropped(_ name: String, _ connection: PostgreSQLConnection) -> Bool {
    (try? connection.execute("DROP ROLE IF EXISTS \(Identifier.quoted(name))")) != nil
  }
}
