import DialectRegistry
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("Baselines by a program")
struct BaselineTests {
  private let folder: TestFolder
  private let history: History

  init() throws {
    folder = try TestFolder()
    try folder.writeMigrations()
    history = try History.create(at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
  }

  @Test("A baseline makes the schema and the rows in an empty database, once")
  func database() throws {
    let url = "sqlite:///" + folder.path + "/app.db"
    let creation = BaselineCreation(form: .database(url), holdsRows: true)
    let result = try creation.run(in: history)
    #expect(result.id == "003")
    #expect(result.text == nil)
    #expect(result.database == folder.path + "/app.db")
    #expect(result.contents == "2 tables, 1 row")
    let again = #expect(throws: ProductError.self) { try creation.run(in: history) }
    #expect(again?.fault == .refused)
    var other = creation
    other.form = .database("postgresql://localhost/app")
    #expect(throws: ProductError.self) { try other.run(in: history) }
  }

  @Test("A script and a migration hold the schema of the revision that is named")
  func texts() throws {
    let script = try BaselineCreation(of: "002").run(in: history)
    #expect(script.database == nil)
    #expect(script.text?.contains("mail TEXT") == true)
    #expect(script.text?.contains("INSERT INTO") == false)
    let migration = try BaselineCreation(of: "head", form: .alembicMigration).run(in: history)
    #expect(migration.text?.contains("revision = \"003\"") == true)
    #expect(throws: HistoryError.self) { try BaselineCreation(of: "nothing").run(in: history) }
  }

  @Test("A folder that does not hold all of the revision's migrations is bad input")
  func incompleteFolder() throws {
    try folder.write("CREATE TABLE roles (name TEXT PRIMARY KEY);\n", to: "n/001_roles.sql")
    let error = failure {
      _ = try BaselineCreation(holdsRows: true, source: .sql(folder.path + "/n"))
        .run(in: history)
    }
    #expect(error?.fault == .input)
  }
}
