public import SchemaModel

extension Dialect {
  /// PostgreSQL, as its stores name it on disk: the text never changes.
  public static let postgresql = Dialect("postgresql")
}

extension PostgreSQL {
  /// The major versions that Strata knows.
  public static let versions = 14...18
}

/// What PostgreSQL can say.
public struct PostgreSQLWords: DialectWords {
  public init() {}

  public var dialect: Dialect { .postgresql }
  public var title: String { "PostgreSQL" }
  public var defaultNamespace: String { "public" }

  public func quoted(_ identifier: String) -> String { PostgreSQL.quote(identifier) }
  public func literal(_ text: String) -> String { PostgreSQL.literal(text) }
  public func literal(bytes: [UInt8]) -> String { "'\\x\(Hexadecimal.text(bytes))'::bytea" }

  /// Executed as it is, from a constant on one line.
  public func withoutLineBreaks(_ statement: String) -> String? {
    let text = statement.replacing("\\", with: "\\\\").replacing("'", with: "''")
      .replacing("\n", with: "\\n").replacing("\r", with: "\\r")
    var tag = "$strata$"
    while statement.contains(tag) { tag.insert("_", at: tag.index(after: tag.startIndex)) }
    return "DO \(tag) BEGIN EXECUTE E'\(text)'; END \(tag)"
  }

  /// The data of a COPY ends by itself.
  public func terminated(_ statement: String) -> String {
    statement.hasSuffix("\n\\.") || statement.hasSuffix("\n\\.\n") ? statement : statement + ";"
  }

  public func baseline(
    _ schema: Schema, rows: SeedRows, _ options: BaselineOptions
  ) throws -> [String] {
    try PostgreSQL.Render.baseline(
      schema, rows: rows,
      options: PostgreSQL.Render.Options(
        owners: options.owners, grants: options.grants, copiesRows: options.copiesRows,
        isCommented: options.isCommented))
  }

  public func dropAll(_ schema: Schema) -> [String] { PostgreSQL.Render.dropAll(schema) }

  /// Of a schema; an extension is always made so.
  public func unlessThere(_ statement: String) -> String {
    let words = "CREATE SCHEMA "
    guard statement.hasPrefix(words) else { return statement }
    return words + "IF NOT EXISTS " + statement.dropFirst(words.count)
  }

  public func script(_ statements: [String], head: [String]) -> String {
    (head + ["BEGIN;"] + statements.map { "\n" + terminated($0) } + ["", "COMMIT;", ""])
      .joined(separator: "\n")
  }

  public func prelude(judgedBy engine: String?) -> [String] {
    PostgreSQL.Render.prelude(
      version: Self.major(engine) ?? PostgreSQL.versions.lowerBound)
  }

  /// A setting of a transaction would be none where there is no transaction, and one of the session
  /// that is reset would not be what the tool had set. So each is kept under a name of ours.
  public func enclosed(_ statements: [String], judgedBy engine: String?) -> [String] {
    let settings = session(judgedBy: engine)
    let names = settings.map { "(\(literal($0.name)))" }.joined(separator: ", ")
    func setting(_ name: String, to value: String) -> String {
      "SELECT pg_catalog.count(pg_catalog.set_config(\(name), pg_catalog.current_setting(\(value)), "
        + "false)) FROM (VALUES \(names)) AS settings (name)"
    }
    return [setting("'strata.' || name", to: "name")]
      + settings.map { "SET \($0.name) = \(literal($0.value))" } + statements
      + [setting("name", to: "'strata.' || name")]
  }

  /// The major version.
  public func spelling(judgedBy engine: String?) -> String? {
    Self.major(engine).map { String($0) }
  }

  public func session(judgedBy engine: String?) -> [(name: String, value: String)] {
    prelude(judgedBy: engine).compactMap { statement -> (name: String, value: String)? in
      guard statement.hasPrefix("SET LOCAL "), let equals = statement.firstIndex(of: "=") else {
        return nil
      }
      let name = statement[..<equals].dropFirst("SET LOCAL ".count).trimmingBlanks
      let value = statement[statement.index(after: equals)...].trimmingBlanks
      return (name, value.filter { $0 != "'" })
    }
  }

  /// `15` of `PostgreSQL 15.18`.
  public static func major(_ engine: String?) -> Int? {
    engine.flatMap { $0.split(separator: " ").last }
      .flatMap { $0.split(separator: ".").first }.flatMap { Int($0) }
  }

  public func text(_ path: ObjectPath, _ object: SchemaObject) -> String? {
    if let text = object.text, path.kind != .namespace || path.name != "public" {
      return terminated(text)
    }
    var bare = object
    bare.dependencies = []
    bare.partDependencies = [:]
    let statements = try? PostgreSQL.Render.baseline(
      Schema([path: bare]), rows: SeedRows(), options: PostgreSQL.Render.Options())
    return statements?.map { terminated($0) }.joined(separator: "\n")
  }

  public func text(
    _ path: ObjectPath, _ object: SchemaObject, dependents: Schema, parents: Schema
  ) -> String? {
    var schema = dependents
    schema.objects[path] = object
    return (try? PostgreSQL.Render.alone(schema, parents: parents))?.map { terminated($0) }.joined(
      separator: "\n")
  }

  public func isOwned(_ sequence: SchemaObject, by table: ObjectPath) -> Bool {
    PostgreSQL.Render.isOwned(sequence, by: table)
  }

  public func normalized(_ schema: Schema) -> Schema { PostgreSQL.Portable.normalized(schema) }
  public func unrendered(_ schema: Schema) -> [ObjectPath] { PostgreSQL.Render.unrendered(schema) }
  public func reordered(_ schema: Schema) -> [ObjectPath] { PostgreSQL.Render.reordered(schema) }
  public var countsModelled: Bool { true }
  public var dumpTool: String? { "pg_dump" }
  public func differing(_ dump: String, _ other: String) -> [String] {
    PostgreSQL.DumpText.differing(dump, other)
  }

  /// The session is Alembic's and goes on, with a transaction around all or without one.
  public var alembicLines: AlembicLines {
    AlembicLines(
      printing: """
        for name, value in SESSION.get(dialect, {}).items():
            context.impl.static_output(
                "SELECT pg_catalog.set_config('strata.%s', pg_catalog.current_setting('%s'), false);"
                % (name, name)
            )
            context.impl.static_output("SET %s = '%s';" % (name, value))
        """,
      printed: """
        for name in SESSION.get(dialect, {}):
            context.impl.static_output(
                "SELECT pg_catalog.set_config('%s', pg_catalog.current_setting('strata.%s'), false);"
                % (name, name)
            )
        """,
      before: """
        before = {}
        for name, value in SESSION.get(dialect, {}).items():
            before[name] = connection.exec_driver_sql("SHOW " + name).scalar()
            connection.exec_driver_sql("SET %s = '%s'" % (name, value))
        """,
      after: """
        for name, value in before.items():
            connection.exec_driver_sql(
                "SELECT set_config('%s', '%s', false)" % (name, value.replace("'", "''")),
                execution_options={"no_parameters": True},
            )
        """)
  }
}
