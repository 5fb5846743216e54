import EnginePostgreSQL
import SchemaModel
import DialectPostgreSQL

struct PostgreSQLProduct: Product {
  private let scratch: ScratchOptions
  /// One for all scratch databases of a command: they share its temporary server.
  private let shared: PostgreSQLEngine

  init(scratch: ScratchOptions, runnerTables: RunnerTables) {
    self.scratch = scratch
    shared = PostgreSQLEngine(
      source: scratch.url.map { .url($0) } ?? .temporary(version: scratch.version),
      timeout: scratch.timeout, runnerTables: runnerTables,
      rights: scratch.isSuperuser ? .superuser : .databaseOwner,
      trustsMigrations: scratch.trustsMigrations
    ) { powers in
      Progress.clear()
      Console.note("strata: \(powers.notice)")
    }
  }

  var dialect: Dialect { .postgresql }
  var title: String { "PostgreSQL" }
  var keepsFiles: Bool { false }
  var sharesRoles: Bool { scratch.url != nil }

  func engine() -> PostgreSQLEngine { shared }
  func sweepLeftovers() { shared.sweepLeftovers() }

  func prelude(judgedBy engine: String?) -> [String] {
    PostgreSQL.Render.prelude(version: Self.major(engine) ?? PostgreSQLVersion.oldest)
  }

  /// `15` of `PostgreSQL 15.18`.
  private static func major(_ engine: String?) -> Int? {
    engine.flatMap { $0.split(separator: " ").last }
      .flatMap { $0.split(separator: ".").first }.flatMap { Int($0) }
  }

  func baseline(
    _ schema: Schema, rows: SeedRows, _ options: BaselineOptions
  ) throws -> [String] {
    try PostgreSQL.Render.baseline(
      schema, rows: rows,
      options: PostgreSQL.Render.Options(
        owners: options.owners, grants: options.grants, copiesRows: options.copiesRows,
        isCommented: options.isCommented))
  }

  func dropAll(_ schema: Schema) -> [String] { PostgreSQL.Render.dropAll(schema) }

  func script(_ statements: [String], head: [String]) -> String {
    (head + ["BEGIN;"] + statements.map { "\n" + terminated($0) } + ["", "COMMIT;", ""])
      .joined(separator: "\n")
  }

  /// The data of a COPY ends by itself.
  func terminated(_ statement: String) -> String {
    statement.hasSuffix("\n\\.") || statement.hasSuffix("\n\\.\n") ? statement : statement + ";"
  }

  func text(_ path: ObjectPath, _ object: SchemaObject) -> String? {
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

  func normalized(_ schema: Schema) -> Schema { PostgreSQL.Portable.normalized(schema) }
  func unrendered(_ schema: Schema) -> [ObjectPath] { PostgreSQL.Render.unrendered(schema) }
  func quoted(_ identifier: String) -> String { PostgreSQL.quote(identifier) }
  func literal(_ text: String) -> String { PostgreSQL.literal(text) }

  func create(
    _ statements: [String], into url: String, stamp: [String], judgedBy engine: String?
  ) throws -> String {
    // Another text may hold a password.
    if url.hasPrefix("sqlite:") || !url.contains(":"), !url.contains("=") {
      throw Failure.input(
        "expected a PostgreSQL database, as in postgresql://user@host/name, since the history is "
          + "PostgreSQL's; found '\(url)'")
    }
    do {
      return try PostgreSQLTarget.create(
        baseline: prelude(judgedBy: engine) + statements, into: url, runnerStatements: stamp,
        version: Self.major(engine))
    } catch {
      switch error {
      case .notEmpty, .otherVersion: throw Failure.refused("\(error)")
      case .engine(.invalidURL(let message)): throw Failure.input("\(message)")
      case .engine, .missingRole: throw Failure.engine("\(error)")
      }
    }
  }

  func kept(
    in file: Int32, as recorded: Capture, runners: [RunnerTable], version: RevisionID
  ) -> (PostgreSQLScratch, Capture)? { nil }
  func keep(_ scratch: PostgreSQLScratch, in file: Int32) {}

  func dump(_ scratch: PostgreSQLScratch) throws -> String? { try scratch.dump() }
  var dumps: Bool { true }

  func isSyntaxError(_ error: any Error) -> Bool {
    if case PostgreSQLEngineError.refused = error { return true }
    return (error as? PostgreSQLEngineError)?.failure?.code == "42601"
  }
}
