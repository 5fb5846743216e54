public import SchemaModel

extension PostgreSQL {
  /// What of a schema is the same wherever it stands: in the database of its history, in one made
  /// by a baseline, in one restored from a dump under another owner.
  public enum Portable {
    /// `schema` without owners, privileges, versions of extensions and what follows from the rest;
    /// expressions that PostgreSQL spells in two ways are spelt in one.
    public static func normalized(_ schema: Schema) -> Schema {
      var result = Schema()
      for (path, object) in schema.objects {
        guard isPortable(path) else { continue }
        var object = object
        object.owner = nil
        object.grants = []
        // They follow from the texts, and a server may find them by another way.
        object.dependencies = []
        object.partDependencies = [:]
        if path.kind == .extension { object.comment = nil }
        object.content = normalized(object.content, path.kind)
        result.objects[path] = object
      }
      return result
    }

    /// Default privileges name roles, and `public` is an object only for its owner, its privileges
    /// and its comment.
    private static func isPortable(_ path: ObjectPath) -> Bool {
      path.kind != .defaultPrivileges && !(path.kind == .namespace && path.name == "public")
    }

    private static func normalized(
      _ content: SchemaObject.Content, _ kind: ObjectKind
    ) -> SchemaObject.Content {
      switch content {
      case .table(let table): return .table(normalized(table))
      case .index(var index):
        index.definition = index.definition.map { ArrayCasts.canonical($0) }
        index.predicate = index.predicate.map { ArrayCasts.canonical($0) }
        index.parts = index.parts.map { normalized($0) }
        index.attributes = portable(index.attributes)
        return .index(index)
      case .definition(var definition):
        definition.text = ArrayCasts.canonical(definition.text)
        definition.attributes = portable(definition.attributes)
        if kind == .domain { definition = withoutNotNullName(definition) }
        if kind == .extension { definition.attributes["version"] = nil }
        return .definition(definition)
      }
    }

    private static func normalized(_ table: Table) -> Table {
      let hasParents =
        table.attributes["inherits"] != nil || table.attributes["partition of"] != nil
      var columns = table.columns.map { column in
        var column = column
        column.defaultExpression = column.defaultExpression.flatMap { expression in
          isNull(expression) ? nil : ArrayCasts.canonical(expression)
        }
        column.generation = column.generation.map {
          Column.Generation(
            expression: ArrayCasts.canonical($0.expression), isStored: $0.isStored)
        }
        column.attributes = portable(column.attributes)
        // Not before 18 has it a name, and heirs one of their own.
        column.notNull?.name = nil
        column.notNull?.isInherited = false
        return column
      }
      // What a parent got later stands last in the original and first in a copy.
      if hasParents { columns.sort { $0.name < $1.name } }
      let constraints = table.constraints.compactMap { constraint -> Constraint? in
        guard constraint.attributes["cloned"] == nil else { return nil }
        var constraint = constraint
        constraint.expression = constraint.expression.map { ArrayCasts.canonical($0) }
        constraint.parts = constraint.parts.map { normalized($0) }
        constraint.attributes = portable(constraint.attributes)
        if constraint.kind != .check {
          for key in ["inherited", "local and inherited", "no inherit"] {
            constraint.attributes[key] = nil
          }
        }
        return constraint
      }
      return Table(
        columns: columns, constraints: constraints, definition: table.definition,
        attributes: portable(table.attributes))
    }

    /// A domain's text names the constraint where the server would have given another name.
    private static func withoutNotNullName(_ domain: Definition) -> Definition {
      var domain = domain
      guard let name = domain.attributes.removeValue(forKey: Definition.notNullAttribute) else {
        return domain
      }
      if let clause = domain.text.firstRange(of: " CONSTRAINT \(quote(name)) NOT NULL") {
        domain.text.replaceSubrange(clause, with: " NOT NULL")
      }
      if let comment = domain.attributes.removeValue(forKey: "constraint \(name) comment") {
        domain.attributes["not null comment"] = comment
      }
      return domain
    }

    private static func normalized(_ part: KeyPart) -> KeyPart {
      var part = part
      if part.isExpression { part.text = ArrayCasts.canonical(part.text) }
      return part
    }

    /// `NULL::integer` as a default is none.
    private static func isNull(_ expression: String) -> Bool {
      expression == "NULL" || (expression.hasPrefix("NULL::") && !expression.contains("("))
    }

    /// `grants`, `default grants`, those of an identity's sequence, `column NAME grants`.
    private static func isPrivilege(_ key: String) -> Bool {
      ["grants", "default grants", "sequence grants", "sequence default grants"].contains(key)
        || key.hasPrefix("column ")
    }

    private static func portable(_ attributes: [String: String]) -> [String: String] {
      var result: [String: String] = [:]
      for (key, value) in attributes
      where !(key.hasSuffix("grants") && isPrivilege(key)) {
        let isSaid = key.hasSuffix("comment")
        result[key] = isSaid ? value : ArrayCasts.canonical(value)
      }
      return result
    }
  }
}
