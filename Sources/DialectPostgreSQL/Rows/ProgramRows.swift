internal import SchemaModel

extension PostgreSQL {
  /// A row of `CatalogQuery.routines`.
  struct RoutineRow: ObjectRow {
    static let catalog = SystemCatalog.procedure

    var oid: UInt32
    var name: String
    var namespace: String
    /// `f`, `p`, `a` or `w`, as in `pg_proc.prokind`.
    var kind: String
    var arguments: String
    var definition: String?
    var owner: String
    var privileges: Privileges
    var language: String
    var returns: String?
    var aggregateOptions: String?

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      namespace = try fields.text("namespace")
      kind = try fields.text("kind")
      arguments = try fields.word("arguments")
      definition = try fields.optional("definition")
      owner = try fields.text("owner")
      privileges = try fields.privileges("privileges", standard: "standard_privileges")
      language = try fields.text("language")
      returns = try fields.optional("returns")
      aggregateOptions = try fields.optional("aggregate_options")
    }

    private var parenthesized: String {
      kind == "a" && arguments.isEmpty ? "(*)" : "(\(arguments))"
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      ObjectPath(.routine, namespace: namespace, name: name + parenthesized)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      let signature = PostgreSQL.quote(name, in: namespace) + parenthesized
      let kind =
        switch kind {
        case "p": "procedure"
        case "a": "aggregate"
        case "w": "window"
        default: "function"
        }
      var attributes = ["kind": kind, "language": language, "signature": signature]
      attributes["returns"] = returns
      let text =
        definition.map(PostgreSQL.trimmedEnd)
        ?? "CREATE AGGREGATE \(signature) (\(aggregateOptions ?? ""))"
      return builder.definition(
        self, text, attributes: attributes, owner: owner, privileges: privileges)
    }
  }

  /// A row of `CatalogQuery.triggers`.
  struct TriggerRow: ObjectRow {
    static let catalog = SystemCatalog.trigger

    var oid: UInt32
    var name: String
    var relation: UInt32
    var definition: String
    /// `O`, `A`, `R` or `D`, as in `pg_trigger.tgenabled`.
    var enabled: String
    /// The trigger of the partitioned table that this is a copy of; 0 for none.
    var parent: UInt32
    var parentEnabled: String?

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      relation = try fields.oid("relation")
      definition = try fields.text("definition")
      enabled = try fields.text("enabled")
      parent = try fields.oid("parent")
      parentEnabled = try fields.optional("parent_enabled")
    }

    func note(in index: inout CatalogIndex, isThere: Bool) {
      index.change(part: self, isThere: isThere)
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      guard parent == 0 || enabled != parentEnabled else { return nil }
      return builder.path(.trigger, name, on: relation)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      let word = PostgreSQL.enabledWord(enabled)
      if parent != 0 {
        return builder.definition(
          self, "", attributes: ["cloned": "", "enabled": word ?? "origin"])
      }
      return builder.definition(
        self, definition, attributes: word.map { ["enabled": $0] } ?? [:])
    }
  }

  /// A row of `CatalogQuery.rules`.
  struct RuleRow: ObjectRow {
    static let catalog = SystemCatalog.rewrite

    var oid: UInt32
    var name: String
    var relation: UInt32
    var enabled: String
    /// Whether it is what makes its relation a view.
    var isView: Bool
    var definition: String?

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      relation = try fields.oid("relation")
      enabled = try fields.text("enabled")
      isView = try fields.flag("is_view")
      definition = try fields.optional("definition")
    }

    func note(in index: inout CatalogIndex, isThere: Bool) { index.change(self, isThere: isThere) }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      isView ? nil : builder.path(.rule, name, on: relation)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      let text = PostgreSQL.withoutSemicolon(definition ?? "")
      return builder.definition(
        self, text, attributes: PostgreSQL.enabledWord(enabled).map { ["enabled": $0] } ?? [:])
    }
  }

  /// A row of `CatalogQuery.policies`.
  struct PolicyRow: ObjectRow {
    static let catalog = SystemCatalog.policy

    var oid: UInt32
    var name: String
    var relation: UInt32
    /// `*`, `r`, `a`, `w` or `d`, as in `pg_policy.polcmd`.
    var command: String
    var isPermissive: Bool
    /// The empty name is PUBLIC.
    var roles: [String]
    var using: String?
    var check: String?

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      relation = try fields.oid("relation")
      command = try fields.text("command")
      isPermissive = try fields.flag("is_permissive")
      roles = try fields.texts("roles")
      using = try fields.optional("using")
      check = try fields.optional("check")
    }

    func note(in index: inout CatalogIndex, isThere: Bool) {
      index.change(part: self, isThere: isThere)
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      builder.path(.policy, name, on: relation)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      var text = "CREATE POLICY \(PostgreSQL.quote(name))"
      text += " ON \(builder.rows.relations[relation]?.qualifiedName ?? "")"
      if !isPermissive { text += " AS RESTRICTIVE" }
      let commands = ["r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"]
      if let command = commands[command] { text += " FOR \(command)" }
      if roles != [""], !roles.isEmpty {
        let names = roles.map {
          $0.isEmpty ? "PUBLIC" : builder.owner($0).map(PostgreSQL.quote) ?? "CURRENT_USER"
        }
        text += " TO " + names.joined(separator: ", ")
      }
      if let using { text += " USING (\(using))" }
      if let check { text += " WITH CHECK (\(check))" }
      return builder.definition(self, text)
    }
  }

  /// A row of `CatalogQuery.eventTriggers`.
  struct EventTriggerRow: ObjectRow {
    static let catalog = SystemCatalog.eventTrigger

    var oid: UInt32
    var name: String
    var event: String
    var function: String
    var enabled: String
    var tags: [String]
    var owner: String

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      event = try fields.text("event")
      function = try fields.text("function")
      enabled = try fields.text("enabled")
      tags = try fields.texts("tags")
      owner = try fields.text("owner")
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? { ObjectPath(.eventTrigger, name: name) }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      var text = "CREATE EVENT TRIGGER \(PostgreSQL.quote(name)) ON \(event)"
      if !tags.isEmpty {
        text += " WHEN TAG IN (\(tags.map(PostgreSQL.literal).joined(separator: ", ")))"
      }
      text += " EXECUTE FUNCTION \(function)()"
      return builder.definition(
        self, text, attributes: PostgreSQL.enabledWord(enabled).map { ["enabled": $0] } ?? [:],
        owner: owner)
    }
  }

  /// When triggers and rules fire; nil for the ordinary way.
  static func enabledWord(_ letter: String) -> String? {
    ["A": "always", "R": "replica", "D": "disabled"][letter]
  }
}
