import DialectRegistry
import EnginePostgreSQL
import Foundation
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("Existing databases of a server after a cut")
struct ServerAdoptionTests {
  /// One cluster for all tests here, gone with the process.
  nonisolated(unsafe) private static let cluster = Result { try PostgreSQLCluster() }

  private static let steps: [(name: String, up: String)] = [
    (
      "users",
      "CREATE TABLE users (id bigserial PRIMARY KEY, mail text NOT NULL);\nINSERT INTO users (mail) VALUES ('a'), ('b');"
    ),
    (
      "posts",
      "CREATE TABLE posts (id int PRIMARY KEY, user_id bigint REFERENCES users);\nINSERT INTO posts SELECT id, id FROM users;\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$;"
    ),
    ("index", "CREATE INDEX posts_user ON posts (user_id);\nALTER TABLE users ADD seen date;"),
    ("kind", "CREATE TYPE kind AS ENUM ('x', 'y');\nALTER TABLE posts ADD kind kind DEFAULT 'x';"),
  ]

  private func write(_ count: Int, _ layout: SQLLayout, _ folder: TestFolder, to name: String)
    throws
  {
    for number in 1...count {
      let (title, up) = Self.steps[number - 1]
      let version = TwentySteps.version(number, layout)
      let path =
        switch layout {
        case .prisma: "\(version)_\(title)/migration.sql"
        case .diesel: "\(version)_\(title)/up.sql"
        case .golangMigrate: "\(version)_\(title).up.sql"
        case .flyway: "V\(version)__\(title).sql"
        default: "\(version)_\(title).sql"
        }
      let text =
        switch layout {
        case .dbmate: "-- migrate:up\n\(up)\n-- migrate:down\n"
        case .goose: "-- +goose Up\n-- +goose StatementBegin\n\(up)\n-- +goose StatementEnd\n"
        default: up + "\n"
        }
      try folder.write(text, to: "\(name)/\(path)")
    }
  }

  private static func database(_ name: String) throws -> PostgreSQLDatabase {
    let cluster = try cluster.get()
    try PostgreSQLConnection(cluster.location).execute("CREATE DATABASE \(name)")
    return PostgreSQLDatabase(
      connection: try PostgreSQLConnection(cluster.location.with(database: name)))
  }

  private func shape(_ database: PostgreSQLDatabase) throws -> [String] {
    try database.values(
      """
      SELECT format('%s.%s %s %s', table_name, column_name, data_type, column_default)
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name IN ('users', 'posts')
      UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename IN ('users', 'posts')
      UNION ALL SELECT u::text FROM users u UNION ALL SELECT p::text FROM posts p
      UNION ALL SELECT nextval('users_id_seq')::text ORDER BY 1
      """)
  }

  @Test(
    "the script makes each tool accept the cut folder, and run what is left of it",
    arguments: SQLLayout.allCases.filter { $0 != .plain })
  func accepted(layout: SQLLayout) throws {
    let folder = try TestFolder()
    let tool = ToolModel(layout: layout)
    let prefix = layout.rawValue.filter(\.isLetter)
    var ran: [PostgreSQLDatabase] = []
    for count in 1...4 {
      try write(count, layout, folder, to: "part")
      let database = try Self.database("\(prefix)_\(count)")
      try tool.migrate(folder.path + "/part", database)
      ran.append(database)
    }
    let full = try shape(ran[3])
    try write(4, layout, folder, to: "m")
    let history = try History.create(
      at: folder.path + "/store", dialect: Dialect("postgresql"), by: "Ada")
    let context = WorkflowContext(
      scratch: ScratchOptions(url: try Self.cluster.get().location.url, trustsMigrations: true))
    let settings = SQLSettings(layout: layout)
    _ = try SQLImport(folder: folder.path + "/m", settings: settings)
      .run(in: history, by: "Ada", context)
    var truncation = HistoryTruncation(
      at: TwentySteps.version(2, layout), source: .sql(folder.path + "/m", settings))
    truncation.adoptionScript = folder.path + "/adopt.sql"
    _ = try truncation.run(in: history, by: "Ada", context)

    let script = try folder.text("adopt.sql")
    for (index, database) in ran.enumerated() {
      for _ in 0..<2 { try database.run(script, enforced: false, inTransaction: false) }
      guard index >= 1 else { continue }
      #expect(try tool.migrate(folder.path + "/m", database).count == 3 - index)
      if index < 3 { #expect(try shape(database) == full, "\(index + 1) ran") }
    }
    let new = try Self.database("\(prefix)_new")
    #expect(try tool.migrate(folder.path + "/m", new).count == 3)
    #expect(try shape(new) == full)
    if layout == .dbmate {
      let baseline = try folder.text("m/\(TwentySteps.version(2, layout))_posts.sql")
      let undo = baseline.components(separatedBy: "-- migrate:down").last ?? ""
      #expect(throws: (any Error).self) {
        try new.run(undo, enforced: false, inTransaction: false)
      }
    }
    if layout == .golangMigrate { return }
    var back = HistoryRestoration(folder: folder.path + "/m")
    back.adoptionScript = folder.path + "/back.sql"
    _ = try back.run(in: history, by: "Ada", context)
    for database in ran[1...] + [new] {
      for _ in 0..<2 {
        try database.run(folder.text("back.sql"), enforced: false, inTransaction: false)
      }
      #expect(try tool.migrate(folder.path + "/m", database).isEmpty)
    }
  }
}
