internal import SchemaModel

extension PostgreSQL.Render {
  /// How COMMENT ON, ALTER ... OWNER TO and DROP name an object; nil where they cannot.
  static func target(
    _ path: ObjectPath, _ object: SchemaObject, in schema: Schema
  ) -> (word: String, name: String)? {
    let name = qualified(path)
    switch path.kind {
    case .namespace: return ("SCHEMA", PostgreSQL.quote(path.name))
    case .extension: return ("EXTENSION", PostgreSQL.quote(path.name))
    case .publication: return ("PUBLICATION", PostgreSQL.quote(path.name))
    case .eventTrigger: return ("EVENT TRIGGER", PostgreSQL.quote(path.name))
    case .table: return ("TABLE", name)
    case .index: return ("INDEX", name)
    case .view: return ("VIEW", name)
    case .materializedView: return ("MATERIALIZED VIEW", name)
    case .sequence: return ("SEQUENCE", name)
    case .enumeration, .compositeType, .rangeType: return ("TYPE", name)
    case .domain: return ("DOMAIN", name)
    case .collation: return ("COLLATION", name)
    case .statistics: return ("STATISTICS", name)
    case .textSearchDictionary: return ("TEXT SEARCH DICTIONARY", name)
    case .textSearchConfiguration: return ("TEXT SEARCH CONFIGURATION", name)
    case .routine:
      let attributes = object.definition?.attributes ?? [:]
      let words = ["procedure": "PROCEDURE", "aggregate": "AGGREGATE"]
      return (words[attributes["kind"] ?? ""] ?? "FUNCTION", attributes["signature"] ?? name)
    case .operator: return ("OPERATOR", object.definition?.attributes["signature"] ?? name)
    case .cast: return ("CAST", "(\(path.name))")
    case .trigger, .policy, .rule:
      let table = PostgreSQL.quote(path.table ?? object.owningTable ?? "", in: path.namespace)
      return (path.kind.description.uppercased(), "\(PostgreSQL.quote(path.name)) ON \(table)")
    case .opaque, .setting, .defaultPrivileges: return nil
    }
  }

  static func phase(of kind: ObjectKind) -> Phase {
    switch kind {
    case .namespace: .namespaces
    case .extension: .extensions
    case .collation: .collations
    case .enumeration, .domain, .compositeType, .rangeType: .types
    case .routine: .routines
    case .operator: .operators
    case .cast: .casts
    case .textSearchDictionary, .textSearchConfiguration: .textSearch
    case .sequence: .sequences
    case .table: .tables
    case .index: .constraints
    case .view, .materializedView: .views
    case .rule: .rules
    case .trigger: .triggers
    case .policy: .policies
    case .statistics: .statistics
    case .opaque, .setting, .publication, .eventTrigger, .defaultPrivileges: .settings
    }
  }
}

extension PostgreSQL.Render.Plan {
  /// An object that is its text, with what is said of it from outside.
  mutating func addDefinition(
    _ path: ObjectPath, _ object: SchemaObject, _ definition: Definition
  ) {
    switch path.kind {
    case .opaque: return
    case .defaultPrivileges:
      finish(.defaultPrivileges, grantByDefault(path, object, definition))
      return
    case .namespace where path.name == "public":
      finishPublicSchema(object, definition)
      return
    case .trigger where definition.attributes["cloned"] != nil:
      let table = ObjectPath.table(path.table ?? definition.table ?? "", namespace: path.namespace)
      clonedTriggers.append(
        (PartitionTree.place(of: table, in: parents).depth, enable(path, definition)))
      return
    default: break
    }
    guard let target = PostgreSQL.Render.target(path, object, in: schema) else {
      // A setting, such as that there is no schema public.
      let key = SortKey(phase: .settings, name: path.name)
      add(NodeID(path: path), key, [definition.text])
      return
    }
    var statements = create(path, definition)
    if [.publication, .eventTrigger].contains(path.kind) {
      statements += owners(object.owner, target.word, target.name)
    } else if path.kind != .extension, definition.attributes["owned by"] == nil {
      // A sequence that goes with a column goes with its table's owner.
      give(object.owner, target.word, target.name, in: path)
    }
    statements += alterations(path, object, definition)
    statements += comments(path, object, definition, target)
    switch path.kind {
    case .publication: finish(.publications, statements)
    case .eventTrigger: finish(.eventTriggers, statements)
    default:
      let group = path.table.map { PostgreSQL.quote($0, in: path.namespace) } ?? ""
      add(
        NodeID(path: path),
        SortKey(
          phase: PostgreSQL.Render.phase(of: path.kind), group: group,
          name: PostgreSQL.Render.qualified(path)),
        statements, needs: needs(object.dependencies, of: path))
    }
    addParts(path, object, definition)
    grantOn(path, object, definition, target)
  }

  private func create(_ path: ObjectPath, _ definition: Definition) -> [String] {
    var text = ConstantNames.pinned(ArrayCasts.pinned(definition.text))
    let prefix = "CREATE SEQUENCE "
    if definition.attributes["persistence"] == "unlogged", text.hasPrefix(prefix) {
      text = "CREATE UNLOGGED SEQUENCE " + text.dropFirst(prefix.count)
    }
    guard path.kind == .textSearchConfiguration else { return [text] }
    let name = PostgreSQL.Render.qualified(path)
    return [text]
      + definition.members.map { "ALTER TEXT SEARCH CONFIGURATION \(name) ADD MAPPING FOR \($0)" }
  }

  private func alterations(
    _ path: ObjectPath, _ object: SchemaObject, _ definition: Definition
  ) -> [String] {
    let name = PostgreSQL.Render.qualified(path)
    switch path.kind {
    case .domain:
      // A domain over a domain begins with the default of that one.
      let word = " DEFAULT "
      let hasOther = object.dependencies.contains {
        $0.kind == .domain && schema.objects[$0]?.text?.contains(word) == true
      }
      return hasOther && !definition.text.contains(word)
        ? ["ALTER DOMAIN \(name) DROP DEFAULT"] : []
    case .trigger, .rule, .eventTrigger: return enable(path, definition)
    case .statistics:
      return definition.attributes["target"].map {
        ["ALTER STATISTICS \(name) SET STATISTICS \($0)"]
      } ?? []
    case .materializedView: return columnAlterations(name, definition)
    default: return []
    }
  }

  private func columnAlterations(_ name: String, _ definition: Definition) -> [String] {
    definition.members.flatMap { column in
      let head = "ALTER MATERIALIZED VIEW \(name) ALTER COLUMN \(PostgreSQL.quote(column)) SET "
      let attributes = definition.attributes
      return [
        attributes["column \(column) storage"].map { "\(head)STORAGE \($0.uppercased())" },
        attributes["column \(column) statistics"].map { "\(head)STATISTICS \($0)" },
        attributes["column \(column) options"].map { "\(head)(\($0))" },
      ].compactMap { $0 }
    }
  }

  /// ENABLE or DISABLE where a trigger or rule does not fire as a new one does.
  ///
  /// What a partition has otherwise than its parent is recorded, so each says it for all below it, and
  /// these for theirs after it.
  private func enable(_ path: ObjectPath, _ definition: Definition) -> [String] {
    let words = [
      "always": "ENABLE ALWAYS", "replica": "ENABLE REPLICA", "disabled": "DISABLE",
      "origin": "ENABLE",
    ]
    guard let word = words[definition.attributes["enabled"] ?? ""] else { return [] }
    let name = PostgreSQL.quote(path.name)
    if path.kind == .eventTrigger { return ["ALTER EVENT TRIGGER \(name) \(word)"] }
    let table = PostgreSQL.quote(path.table ?? definition.table ?? "", in: path.namespace)
    return ["ALTER TABLE \(table) \(word) \(path.kind.description.uppercased()) \(name)"]
  }

  private func comments(
    _ path: ObjectPath, _ object: SchemaObject, _ definition: Definition,
    _ target: (word: String, name: String)
  ) -> [String] {
    var statements: [String] = []
    if let comment = object.comment {
      statements.append(say(comment, target.word, target.name))
    } else if path.kind == .extension {
      // Most bring a comment along.
      statements.append("COMMENT ON EXTENSION \(target.name) IS NULL")
    }
    for (key, text) in definition.attributes.sorted(by: { $0.key < $1.key }) {
      if let column = Self.middle(of: key, "column ", " comment") {
        statements.append(say(text, "COLUMN", "\(target.name).\(PostgreSQL.quote(column))"))
      } else if let constraint = Self.middle(of: key, "constraint ", " comment"),
        definition.attributes["not valid \(constraint)"] == nil
      {
        statements.append(
          say(text, "CONSTRAINT", "\(PostgreSQL.quote(constraint)) ON DOMAIN \(target.name)"))
      }
    }
    return statements
  }

  /// Defaults of a view's columns, and a domain's constraints that old values need not meet.
  private mutating func addParts(
    _ path: ObjectPath, _ object: SchemaObject, _ definition: Definition
  ) {
    let name = PostgreSQL.Render.qualified(path)
    for (key, text) in definition.attributes {
      if let column = Self.middle(of: key, "column ", " default") {
        let dependencies = object.partDependencies["column \(column)"] ?? []
        guard mayRender(dependencies) else { continue }
        let alter = "ALTER VIEW \(name) ALTER COLUMN \(PostgreSQL.quote(column))"
        add(
          NodeID(path: path, part: .columnDefault(column)),
          SortKey(phase: .views, group: "", rank: 1, name: "\(name).\(column)"),
          ["\(alter) SET DEFAULT \(ArrayCasts.pinned(text))"],
          needs: needs(dependencies, of: path).union([NodeID(path: path)]))
      } else if let constraint = Self.middle(of: key, "not valid ", "") {
        let quoted = PostgreSQL.quote(constraint)
        var statements = [
          "ALTER DOMAIN \(name) ADD CONSTRAINT \(quoted) \(ArrayCasts.pinned(text))"
        ]
        if let comment = definition.attributes["constraint \(constraint) comment"] {
          statements.append(say(comment, "CONSTRAINT", "\(quoted) ON DOMAIN \(name)"))
        }
        let dependencies = object.partDependencies["constraint \(constraint)"] ?? []
        guard mayRender(dependencies) else { continue }
        add(
          NodeID(path: path, part: .constraint(constraint)),
          SortKey(phase: .constraints, group: name, name: constraint), statements,
          needs: needs(dependencies, of: path).union([NodeID(path: path)]))
      }
    }
    if path.kind == .sequence, let column = definition.attributes["owned by"] {
      finish(.ownedSequences, ["ALTER SEQUENCE \(name) OWNED BY \(column)"])
    }
  }

  /// `b` of `a b c`.
  static func middle(of text: String, _ prefix: String, _ suffix: String) -> String? {
    guard text.hasPrefix(prefix), text.hasSuffix(suffix),
      text.utf8.count > prefix.utf8.count + suffix.utf8.count
    else { return nil }
    return String(text.dropFirst(prefix.count).dropLast(suffix.count))
  }

  func say(_ comment: String, _ word: String, _ name: String) -> String {
    "COMMENT ON \(word) \(name) IS \(PostgreSQL.literal(comment))"
  }
}
