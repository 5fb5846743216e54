/// What a dialect can say, without a database: pure, and the same for everyone who asks.
public protocol DialectWords: Sendable {
  /// The name that a store has for it; one and the same for ever.
  var dialect: Dialect { get }
  /// The product's name, for people.
  var title: String { get }
  /// Where a name without a namespace is looked up first; empty where there are no namespaces.
  var defaultNamespace: String { get }

  /// A name with its quotes, so that it means this very name, whatever is in it.
  func quoted(_ identifier: String) -> String
  /// A text as a constant, with its quotes; what is in it cannot end it.
  func literal(_ text: String) -> String
  /// Bytes as a constant.
  func literal(bytes: [UInt8]) -> String
  /// A statement in words that bring none of its line breaks into the script, where there are some:
  /// for tools that read lines of a script as their own.
  func withoutLineBreaks(_ statement: String) -> String?
  /// A statement with what ends it.
  func terminated(_ statement: String) -> String

  /// The statements that make a schema and its rows in an empty database; none ends with what ends
  /// a statement.
  /// - Throws: the dialect's own error where the schema cannot be put in an order.
  func baseline(_ schema: Schema, rows: SeedRows, _ options: BaselineOptions) throws -> [String]
  /// The statements that take a schema away again.
  func dropAll(_ schema: Schema) -> [String]
  /// A statement of a baseline for where what it makes may be there already, since whoever runs the
  /// migrations makes it first; as it is where that can be no reason to fail.
  func unlessThere(_ statement: String) -> String
  /// One script that runs these statements in one transaction; `head` are comment lines.
  func script(_ statements: [String], head: [String]) -> String
  /// The statements that a baseline's transaction begins with; `engine` is the version that judged
  /// the schema.
  func prelude(judgedBy engine: String?) -> [String]
  /// Whether foreign keys are enforced is each connection's own setting.
  var leavesForeignKeysToConnections: Bool { get }
  /// What a baseline whose rows may come before those that they refer to needs around it on a
  /// connection that enforces foreign keys; in a transaction or, statement by statement, without one.
  func aroundUnorderedRows(inTransaction: Bool) -> (before: [String], after: [String])
  /// A baseline's statements with what `prelude` does around them, for a file that a tool runs as it
  /// likes, in one transaction or statement by statement: what was set is put back in the end.
  func enclosed(_ statements: [String], judgedBy engine: String?) -> [String]
  /// What of an engine's version its texts depend on: of two versions for which it is the same, one
  /// shows a schema as the other does. Nil where that is all versions.
  func spelling(judgedBy engine: String?) -> String?
  /// The settings among them by name, for a tool that puts them back afterwards.
  func session(judgedBy engine: String?) -> [(name: String, value: String)]
  /// The statements of one object alone, for people; nil where there is no text of it.
  func text(_ path: ObjectPath, _ object: SchemaObject) -> String?
  /// The statements of a table or a view and of what belongs to it (`dependents`), in an order in
  /// which they run where all else that they need is there; nil where there is no text of it.
  /// `parents` are the tables that it needs itself, and those that these need.
  func text(
    _ path: ObjectPath, _ object: SchemaObject, dependents: Schema, parents: Schema
  ) -> String?
  /// Whether a sequence goes with a table, as one that a column owns.
  func isOwned(_ sequence: SchemaObject, by table: ObjectPath) -> Bool

  /// The schema without what differs between databases that are the same to their users, and with
  /// one spelling where the product has several.
  func normalized(_ schema: Schema) -> Schema
  /// The objects of a schema that no statement makes, because Strata has no text of them.
  func unrendered(_ schema: Schema) -> [ObjectPath]
  /// The tables whose columns the statements make in another order than they have.
  func reordered(_ schema: Schema) -> [ObjectPath]
  /// Whether the product has objects of which not all is understood, so that people are told how
  /// many are.
  var countsModelled: Bool { get }

  /// The tool by whose text of a database's schema two databases can be told apart; nil where there
  /// is none.
  var dumpTool: String? { get }
  /// What two of its texts say otherwise: the objects, by kind and name, in the order of the first.
  func differing(_ dump: String, _ other: String) -> [String]
  /// What it needs around the statements of a baseline for Alembic.
  var alembicLines: AlembicLines { get }
}

extension DialectWords {
  public var defaultNamespace: String { "" }
  public func withoutLineBreaks(_ statement: String) -> String? { nil }
  public func prelude(judgedBy engine: String?) -> [String] { [] }
  public var leavesForeignKeysToConnections: Bool { false }
  public func aroundUnorderedRows(
    inTransaction: Bool
  ) -> (before: [String], after: [String]) { ([], []) }
  public func enclosed(_ statements: [String], judgedBy engine: String?) -> [String] {
    prelude(judgedBy: engine) + statements
  }
  public func session(judgedBy engine: String?) -> [(name: String, value: String)] { [] }
  public func spelling(judgedBy engine: String?) -> String? { nil }
  public func unlessThere(_ statement: String) -> String { statement }
  public func isOwned(_ sequence: SchemaObject, by table: ObjectPath) -> Bool { false }
  public func text(
    _ path: ObjectPath, _ object: SchemaObject, dependents: Schema, parents: Schema
  ) -> String? {
    guard let first = text(path, object) else { return nil }
    let others = dependents.paths.compactMap { path in
      dependents.objects[path].flatMap { text(path, $0) }
    }
    return ([first] + others).joined(separator: "\n")
  }
  public func normalized(_ schema: Schema) -> Schema { schema }
  public func unrendered(_ schema: Schema) -> [ObjectPath] { [] }
  public func reordered(_ schema: Schema) -> [ObjectPath] { [] }
  public var countsModelled: Bool { false }
  public var dumpTool: String? { nil }
  public func differing(_ dump: String, _ other: String) -> [String] { [] }
  public var alembicLines: AlembicLines { AlembicLines() }

  /// The statements that make migration tools' own tables, with their place in them.
  public func stamp(_ id: RevisionID, _ runners: [RunnerTable]) -> [String] {
    runners.flatMap { runner -> [String] in
      // Alembic's own, under whatever name env.py gives it.
      guard runner.holdsRevision else { return [runner.definition] }
      return runner.tables.flatMap { table in
        [
          table,
          "INSERT INTO \(qualifiedName(runner, table)) (version_num) VALUES (\(literal(id.text)))",
        ]
      }
    }
  }

  /// With the schema where the engine's own text tells it.
  private func qualifiedName(_ runner: RunnerTable, _ table: String) -> String {
    let words = "CREATE TABLE "
    guard table.hasPrefix(words), let end = table.firstIndex(of: "(")
    else { return quoted(runner.name) }
    var name = table[..<end].dropFirst(words.count)
    while name.first?.isWhitespace == true { name.removeFirst() }
    while name.last?.isWhitespace == true { name.removeLast() }
    return String(name)
  }
}

/// Lines of Python around the statements of a baseline for Alembic. Every baseline holds those of all
/// dialects, since one file may serve several: they must do nothing where `dialect` is another. At
/// hand are also `SESSION`, the session settings by dialect and name, and Alembic's `context`.
public struct AlembicLines: Hashable, Sendable {
  /// Before the statements are printed (`alembic upgrade --sql`).
  public var printing: String
  /// After they were printed.
  public var printed: String
  /// Before they are executed; at hand is SQLAlchemy's `connection`.
  public var before: String
  /// After they were executed, in the same session.
  public var after: String

  public init(
    printing: String = "", printed: String = "", before: String = "", after: String = ""
  ) {
    self.printing = printing
    self.printed = printed
    self.before = before
    self.after = after
  }
}

/// What goes into a baseline, beside the schema.
public struct BaselineOptions: Hashable, Sendable {
  /// Whose each object is; without it all is whoever's runs the baseline.
  public var owners: Bool
  /// Grants and default privileges.
  public var grants: Bool
  /// Rows in the product's quick form, where it has one.
  public var copiesRows: Bool
  /// Sections with headings, for people who read it.
  public var isCommented: Bool

  public init(
    owners: Bool = true, grants: Bool = true, copiesRows: Bool = false, isCommented: Bool = false
  ) {
    self.owners = owners
    self.grants = grants
    self.copiesRows = copiesRows
    self.isCommented = isCommented
  }
}
