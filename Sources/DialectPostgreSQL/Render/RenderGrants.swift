internal import SchemaModel

extension PostgreSQL.Render {
  /// One entry of an access control list: `r1=ar*w/@self`.
  struct Grant: Hashable {
    enum Role: Hashable {
      /// Whoever runs migrations.
      case current
      case everyone
      case named(String)

      var sql: String {
        switch self {
        case .current: "CURRENT_USER"
        case .everyone: "PUBLIC"
        case .named(let name): PostgreSQL.quote(name)
        }
      }
    }

    var role: Role
    var grantor: Role
    /// The letters that may be handed on are in the second.
    var privileges: [Character] = []
    var grantable: [Character] = []

    /// Nil for what is no entry.
    init?(_ text: String) {
      let bytes = SQLBytes(text)
      guard let (role, roleEnd) = Grant.role(bytes, from: 0),
        bytes.byte(roleEnd) == UInt8(ascii: "=")
      else { return nil }
      var index = roleEnd + 1
      while let byte = bytes.byte(index), byte != UInt8(ascii: "/") {
        let letter = Character(Unicode.Scalar(byte))
        if bytes.byte(index + 1) == UInt8(ascii: "*") {
          grantable.append(letter)
          index += 1
        } else {
          privileges.append(letter)
        }
        index += 1
      }
      guard let (grantor, end) = Grant.role(bytes, from: index + 1), end == bytes.bytes.count
      else { return nil }
      self.role = role
      self.grantor = grantor
    }

    static func role(_ owner: String?) -> Role { owner.map { .named($0) } ?? .current }

    private static func role(_ bytes: SQLBytes, from start: Int) -> (Role, Int)? {
      guard start <= bytes.bytes.count else { return nil }
      var end = start
      guard bytes.byte(start) == UInt8(ascii: "\"") else {
        while let byte = bytes.byte(end), byte != UInt8(ascii: "="), byte != UInt8(ascii: "/") {
          end += 1
        }
        let name = String(decoding: bytes.bytes[start..<end], as: UTF8.self)
        let role = name.isEmpty ? Role.everyone : name == "@self" ? .current : .named(name)
        return (role, end)
      }
      end = bytes.unitEnd(from: start)
      guard end >= start + 2, bytes.byte(end - 1) == UInt8(ascii: "\"") else { return nil }
      var name: [UInt8] = []
      var index = start + 1
      while index < end - 1 {
        name.append(bytes.bytes[index])
        index += bytes.bytes[index] == UInt8(ascii: "\"") ? 2 : 1
      }
      return (.named(String(decoding: name, as: UTF8.self)), end)
    }

    /// The same with another role in the place of one.
    func replacing(_ old: Role, by new: Role) -> Grant {
      var grant = self
      if role == old { grant.role = new }
      if grantor == old { grant.grantor = new }
      return grant
    }

    /// `SELECT, UPDATE`, or `SELECT (a), UPDATE (a)`; letters of a newer server are left out.
    static func words(_ letters: [Character], column: String?) -> String {
      letters.compactMap { Privilege(rawValue: $0)?.word }.map { word in
        column.map { "\(word) (\(PostgreSQL.quote($0)))" } ?? word
      }.joined(separator: ", ")
    }
  }

  /// The statements that make `wanted`, in its order, of the privileges that a new object has.
  ///
  /// A list keeps the order in which entries came, and `pg_dump` prints it: so what is there by
  /// default stays only as far as it is at the beginning of what is wanted, in that order.
  static func grants(
    _ wanted: [Grant], given: [Grant], on target: String, owner: Grant.Role,
    column: String? = nil, prefix: String = ""
  ) -> [String] {
    var kept = 0
    var rest = given[...]
    while kept < wanted.count, let place = rest.firstIndex(of: wanted[kept]) {
      rest = rest[(place + 1)...]
      kept += 1
    }
    let stays = Set(wanted.prefix(kept))
    var statements = given.filter { !stays.contains($0) }.map {
      "\(prefix)REVOKE ALL ON \(target) FROM \($0.role.sql)"
    }
    // The server takes the first role of all that whoever grants is a member of and that may.
    var othersMay = wanted.prefix(kept).contains {
      $0.role != owner && !$0.grantable.isEmpty
    }
    for grant in inOrder(wanted, from: kept, owner: owner) {
      var texts: [String] = []
      for (letters, option) in [(grant.privileges, ""), (grant.grantable, " WITH GRANT OPTION")] {
        let words = Grant.words(letters, column: column)
        guard !words.isEmpty else { continue }
        texts.append("\(prefix)GRANT \(words) ON \(target) TO \(grant.role.sql)\(option)")
      }
      if case .named(let name) = grant.grantor, prefix.isEmpty, grant.grantor != owner || othersMay
      {
        // Only who grants is written down as the one who did.
        texts.insert("SET ROLE \(PostgreSQL.quote(name))", at: 0)
        texts.append("RESET ROLE")
      }
      othersMay = othersMay || grant.role != owner && !grant.grantable.isEmpty
      statements += texts
    }
    return statements
  }

  /// The entries behind the first `kept`, in their order, but that nobody hands on what he was not
  /// given yet: an entry keeps its place when it is given again by another.
  private static func inOrder(_ wanted: [Grant], from kept: Int, owner: Grant.Role) -> [Grant] {
    var held: [Grant.Role: Set<Character>] = [:]
    for grant in wanted.prefix(kept) { held[grant.role, default: []].formUnion(grant.grantable) }
    var waiting = Array(wanted.dropFirst(kept))
    var ordered: [Grant] = []
    while !waiting.isEmpty {
      let next = waiting.firstIndex { grant in
        grant.grantor == owner
          || Set(grant.privileges + grant.grantable).isSubset(of: held[grant.grantor] ?? [])
      }
      let grant = waiting.remove(at: next ?? 0)
      held[grant.role, default: []].formUnion(grant.grantable)
      ordered.append(grant)
    }
    return ordered
  }
}

extension PostgreSQL.Render.Plan {
  typealias Grant = PostgreSQL.Render.Grant

  /// The privileges on an object that are not those of a new one.
  func grant(
    on target: String, _ object: SchemaObject, _ attributes: [String: String]
  ) -> [String] {
    guard !object.grants.isEmpty else { return [] }
    return grant(
      object.grants.joined(separator: "\n"), given: attributes["default grants"], on: target,
      owner: object.owner)
  }

  func grant(
    _ wanted: String, given: String?, on target: String, owner name: String?
  ) -> [String] {
    guard options.grants else { return [] }
    return PostgreSQL.Render.grants(
      entries(lines(wanted), owner: name), given: entries(lines(given), owner: name), on: target,
      owner: owner(name))
  }

  func grant(
    _ entries: String?, toColumn column: String, of table: String, owner name: String?
  ) -> [String] {
    guard options.grants, let entries else { return [] }
    return PostgreSQL.Render.grants(
      self.entries(lines(entries), owner: name), given: [], on: "TABLE \(table)",
      owner: owner(name), column: column)
  }

  /// The privileges of an object that is its definition, and of a view's columns.
  mutating func grantOn(
    _ path: ObjectPath, _ object: SchemaObject, _ definition: Definition,
    _ target: (word: String, name: String)
  ) {
    let word =
      switch target.word {
      case "VIEW", "MATERIALIZED VIEW": "TABLE"
      case "AGGREGATE": "FUNCTION"
      default: target.word
      }
    finish(
      path.kind == .namespace ? .schemaGrants : .grants,
      grant(on: "\(word) \(target.name)", object, definition.attributes))
    for (key, entries) in definition.attributes.sorted(by: { $0.key < $1.key }) {
      guard let column = Self.middle(of: key, "column ", " grants") else { continue }
      finish(
        .columnGrants, grant(entries, toColumn: column, of: target.name, owner: object.owner))
    }
  }

  func grantByDefault(
    _ path: ObjectPath, _ object: SchemaObject, _ definition: Definition
  ) -> [String] {
    guard options.grants else { return [] }
    let wanted = object.grants == ["none"] ? [] : object.grants
    let role = wanted.first ?? definition.attributes["default"] ?? ""
    let owner = Grant(lines(role).first ?? "")?.grantor ?? .current
    return PostgreSQL.Render.grants(
      wanted.compactMap { Grant($0) },
      given: lines(definition.attributes["default"]).compactMap { Grant($0) },
      on: definition.attributes["on"] ?? "TABLES", owner: owner, prefix: definition.text + " ")
  }

  /// The schema that every new database has: what is different about it.
  mutating func finishPublicSchema(_ object: SchemaObject, _ definition: Definition) {
    let initial = "pg_database_owner"
    var statements: [String] = []
    if options.owners, object.owner != initial {
      statements.append("ALTER SCHEMA public OWNER TO \(Grant.role(object.owner).sql)")
    }
    if let comment = object.comment {
      statements.append(say(comment, "SCHEMA", "public"))
    } else if definition.attributes["comment"] == "none" {
      statements.append("COMMENT ON SCHEMA public IS NULL")
    }
    finish(.publicSchema, statements)
    guard options.grants, !object.grants.isEmpty else { return }
    // The entries of the first owner pass to the next.
    let owner = options.owners ? Grant.role(object.owner) : .named(initial)
    let given = lines(definition.attributes["default grants"]).compactMap { Grant($0) }
    let first = given.first?.grantor ?? .named(initial)
    let wanted = object.grants == ["none"] ? [] : object.grants.compactMap { Grant($0) }
    finish(
      .schemaGrants,
      PostgreSQL.Render.grants(
        wanted.map { $0.replacing(Grant.role(object.owner), by: owner) },
        given: given.map { $0.replacing(first, by: owner) }, on: "SCHEMA public", owner: owner))
  }

  /// Without owners all is the running role's, and so are the owners' own privileges.
  private func owner(_ name: String?) -> Grant.Role {
    options.owners ? Grant.role(name) : .current
  }

  private func entries(_ texts: [String], owner name: String?) -> [Grant] {
    let entries = (texts == ["none"] ? [] : texts).compactMap { Grant($0) }
    guard !options.owners, name != nil else { return entries }
    return entries.map { $0.replacing(Grant.role(name), by: .current) }
  }

  private func lines(_ text: String?) -> [String] {
    (text ?? "").split(separator: "\n").map { String($0) }
  }
}
