import SchemaHistory
import SchemaModel

/// What the command line does in another way for each database product.
protocol Product {
  associatedtype E: Engine

  var dialect: Dialect { get }
  /// The product's name, for people.
  var title: String { get }
  /// Whether its databases are files that can be kept for the next command.
  var keepsFiles: Bool { get }
  /// Whether its scratch databases stand on a server where roles do not outlive a run.
  var sharesRoles: Bool { get }

  /// The judge of every change.
  func engine() throws -> E
  /// The statements that make a schema and its rows in an empty database; none ends with a
  /// semicolon.
  func baseline(_ schema: Schema, rows: SeedRows, _ options: BaselineOptions) throws -> [String]
  /// The settings that a baseline's transaction begins with; `engine` is the version that judged
  /// the schema.
  func prelude(judgedBy engine: String?) -> [String]
  /// The statements that take a schema away again.
  func dropAll(_ schema: Schema) -> [String]
  /// A statement with what ends it.
  func terminated(_ statement: String) -> String
  /// The statements of one object alone, for people; nil where there is no text of it.
  func text(_ path: ObjectPath, _ object: SchemaObject) -> String?
  /// One script that runs these statements in one transaction; `head` are comment lines.
  func script(_ statements: [String], head: [String]) -> String
  /// The schema without what differs between databases that are the same to their users.
  func normalized(_ schema: Schema) -> Schema
  /// The objects of a schema that no statement makes, because Strata has no text of them.
  func unrendered(_ schema: Schema) -> [ObjectPath]
  /// A name or a value as the product reads it.
  func quoted(_ identifier: String) -> String
  func literal(_ text: String) -> String

  /// Creates a baseline in the empty database that `url` names, in one transaction.
  /// - Returns: the database's name, for people.
  func create(
    _ statements: [String], into url: String, stamp: [String], judgedBy engine: String?
  ) throws -> String

  /// A copy of the database in an open file, where it is proved to be the recorded one; nil else.
  func kept(
    in file: Int32, as recorded: Capture, runners: [RunnerTable], version: RevisionID
  ) throws -> (E.Scratch, Capture)?
  /// Writes a database to an open file, where the product's databases are files.
  func keep(_ scratch: E.Scratch, in file: Int32) throws

  /// Whether a baseline of this schema leaves nothing behind that its migrations' database has.
  func isWhole(inBaselineOf schema: Schema) -> Bool

  /// The engine's own text of a database's schema, by which two databases can be told apart; nil
  /// where there is no tool for it.
  func dump(_ scratch: E.Scratch) throws -> String?
  /// Whether it has such a tool.
  var dumps: Bool { get }

  /// Removes what earlier runs left behind that were killed.
  func sweepLeftovers()

  /// Whether the product refused a text because it is no SQL of its own.
  func isSyntaxError(_ error: any Error) -> Bool
}

/// What goes into a baseline, beside the schema.
struct BaselineOptions {
  var owners = true
  var grants = true
  /// Rows as COPY blocks, where the product has them.
  var copiesRows = false
  /// Sections with headings, for people who read it.
  var isCommented = false
}

/// How scratch databases are to be had.
struct ScratchOptions {
  /// A server where databases of our own may be made; nil for the product's own way.
  var url: String?
  /// The major version that is asked for.
  var version: Int?
  /// Seconds that a revision may take.
  var timeout: Double?
  /// Whether a role of that server may run them that could do lasting harm there.
  var trustsMigrations = false
  /// Whether migrations run as a superuser of a temporary server.
  var isSuperuser = false
}

extension Dialect {
  /// Where a name without a schema is looked up first.
  var defaultNamespace: String {
    switch self {
    case .sqlite: ""
    case .postgresql: "public"
    }
  }
}

extension History {
  /// The product whose words this history speaks.
  func product(_ scratch: ScratchOptions = ScratchOptions()) throws -> any Product {
    let tables = try runnerTables()
    return switch dialect {
    case .sqlite: SQLiteProduct(scratch: scratch, runnerTables: tables)
    case .postgresql: PostgreSQLProduct(scratch: scratch, runnerTables: tables)
    }
  }
}

extension Product {
  var sharesRoles: Bool { false }
  func sweepLeftovers() {}
  func isWhole(inBaselineOf schema: Schema) -> Bool { true }

  /// The settings of the prelude by name.
  func session(judgedBy engine: String?) -> [(name: String, value: String)] {
    prelude(judgedBy: engine).compactMap { statement -> (name: String, value: String)? in
      guard statement.hasPrefix("SET LOCAL "), let equals = statement.firstIndex(of: "=") else {
        return nil
      }
      let name = String(statement[..<equals].dropFirst("SET LOCAL ".count)).trimmingBlanks
      let value = String(statement[statement.index(after: equals)...]).trimmingBlanks
      return (name, value.filter { $0 != "'" })
    }
  }

  func stamp(_ id: RevisionID, _ runners: [RunnerTable]) -> [String] {
    runners.flatMap { runner -> [String] in
      // Alembic's own, under whatever name env.py gives it.
      guard runner.definition.contains("version_num") else { return [runner.definition] }
      return [
        runner.definition,
        "INSERT INTO \(qualifiedName(runner)) (version_num) VALUES (\(literal(id.text)))",
      ]
    }
  }

  /// With the schema where the engine's own text tells it.
  private func qualifiedName(_ runner: RunnerTable) -> String {
    let words = "CREATE TABLE "
    guard runner.definition.hasPrefix(words), let end = runner.definition.firstIndex(of: "(")
    else { return quoted(runner.name) }
    return String(runner.definition[..<end].dropFirst(words.count)).trimmingBlanks
  }

  /// A scratch database that holds a recorded revision, made from its baseline.
  /// - Returns: nil where it does not show exactly what was recorded.
  func rebuilt(
    _ id: RevisionID, _ history: History
  ) throws -> (scratch: E.Scratch, capture: Capture)? {
    let schema = try history.schema(at: id)
    let rows = try history.rows(at: id)
    let scratch = try engine().makeScratch()
    do {
      let statements =
        prelude(judgedBy: try history.revision(id).revision.engine)
        + (try baseline(schema, rows: rows, BaselineOptions()))
        + stamp(id, try history.runners())
      _ = try scratch.run(script: statements.map { terminated($0) + "\n" }.joined())
      let capture = try scratch.capture(
        after: Capture(schema: schema, rows: rows), statements: [])
      if capture.schema == schema { return (scratch, capture) }
      scratch.discard()
      return nil
    } catch {
      scratch.discard()
      throw error
    }
  }
}
