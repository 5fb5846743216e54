import FileSystem
import Foundation
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("How a history's folder is imported, as one file says")
struct ProjectSettingsTests {
  private let root: String

  init() throws {
    root = NSTemporaryDirectory() + "strata-settings-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: root + "/project/.strata", withIntermediateDirectories: true)
  }

  private var store: String { root + "/project/.strata" }
  private var file: String { ProjectSettings.path(store) }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
  }

  private func read() -> String { Files.text(of: file) ?? "" }

  private func refusal(_ text: String) throws -> String {
    try write(text)
    do {
      _ = try ProjectSettings.read(store)
      return "taken"
    } catch {
      #expect((error as? WorkflowError)?.fault == .refused)
      return "\(error)"
    }
  }

  @Test("everything that can be said is read back as it was written")
  func roundTrip() throws {
    defer { Files.removeTree(root) }
    var settings = ProjectSettings()
    settings.alembic = "db/\u{e9}\"migrations\\\n\u{1}"
    settings.python = ".venv/bin/python"
    settings.paths = ["src", "lib with blanks"]
    settings.section = "other"
    settings.usesEnv = false
    settings.database = "main"
    settings.arguments = ["tenant=a", "b"]
    settings.application = "shop:app"
    settings.namingConvention = #"{"ix": "ix_%(column_0_label)s"}"#
    settings.isTransactionPerMigration = true
    settings.takesAuthorsFromGit = false
    settings.layout = .golangMigrate
    settings.definitions = ["owner=app"]
    settings.enforcesForeignKeys = true
    settings.write(store)
    #expect(try ProjectSettings.read(store) == settings)
    let written = read()
    for name in [
      "alembic", "python", "path", "ini-section", "env", "database", "x", "app",
      "naming-convention", "transaction-per-migration", "author-from", "layout", "define",
      "foreign-keys",
    ] { #expect(written.contains("\n\(name) = "), "\(name)") }
  }

  @Test("lines, comments and their order are those of whoever wrote them")
  func kept() throws {
    defer { Files.removeTree(root) }
    try write("# ours\n\n[import]\nlayout = \"flyway\" # as always\n# the folder\nsql = \"a\"\n")
    var settings = try #require(try ProjectSettings.read(store))
    settings.write(store)
    #expect(
      read() == "# ours\n\n[import]\nlayout = \"flyway\" # as always\n# the folder\nsql = \"a\"\n")
    settings.sql = "b"
    settings.enforcesForeignKeys = false
    settings.write(store)
    #expect(
      read()
        == "# ours\n\n[import]\nlayout = \"flyway\" # as always\n# the folder\n"
        + "sql = \"b\"\nforeign-keys = \"off\"\n"
    )
    settings.layout = nil
    settings.write(store)
    #expect(try ProjectSettings.read(store) == settings)
    #expect(!read().contains("flyway"))
  }

  @Test("a list of several lines is written anew as a whole")
  func lists() throws {
    defer { Files.removeTree(root) }
    try write("[import]\nsql = \"m\"\ndefine = [\n  \"a=1\",\n  \"b=2\",\n]\n")
    var settings = try #require(try ProjectSettings.read(store))
    #expect(settings.definitions == ["a=1", "b=2"])
    settings.definitions = ["a=3"]
    settings.write(store)
    #expect(try ProjectSettings.read(store) == settings)
  }

  @Test("what is none is refused, and says what was found")
  func refused() throws {
    defer { Files.removeTree(root) }
    #expect(try refusal("[import\n").contains("found in line 1"))
    #expect(
      try refusal("[import]\nlayuot = \"flyway\"\n").contains(
        "'layuot', which is no option of an import; nearest: layout"))
    #expect(try refusal("[import]\nlayout = \"flywy\"\n").contains("'flywy' for 'layout'"))
    #expect(try refusal("[import]\nenv = \"yes\"\n").contains("neither true nor false for 'env'"))
    #expect(try refusal("[import]\npath = [1]\n").contains("something else than texts in 'path'"))
    #expect(
      try refusal("[import]\nsql = \"a\"\nalembic = \"b\"\n").contains("both alembic and sql"))
    #expect(try refusal("[report]\n").contains("'report' outside of [import]"))
    #expect(try refusal("[import]\nsql = \"\"\n").contains("no text for 'sql'"))
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/etc/hostname")
    #expect(throws: WorkflowError.self) { try ProjectSettings.read(store) }
  }

  @Test("the file of earlier versions is read, and goes when the new one is written")
  func earlier() throws {
    defer { Files.removeTree(root) }
    let old = store + "/import.json"
    try Data(#"{"usesEnv":true,"isTransactionPerMigration":false,"database":"main"}"#.utf8)
      .write(to: URL(fileURLWithPath: old))
    let settings = try #require(try ProjectSettings.read(store))
    #expect(settings.usesEnv == true && settings.database == "main")
    settings.write(store)
    #expect(!Files.exists(old))
    #expect(try ProjectSettings.read(store) == settings)
  }

  @Test("paths begin at the folder that holds the store, whoever stands where")
  func paths() throws {
    defer { Files.removeTree(root) }
    #expect(ProjectSettings.written(root + "/project/db/m", store) == "db/m")
    #expect(ProjectSettings.written(root + "/project", store) == ".")
    #expect(ProjectSettings.written("/elsewhere", store) == "/elsewhere")
    #expect(ProjectSettings.opened("db/m", store) == root + "/project/db/m")
    try FileManager.default.createDirectory(
      atPath: root + "/project/m", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: root + "/other", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: root + "/project/out", withDestinationPath: root + "/other")
    #expect(ProjectSettings.isNeighbour("m", store))
    for path in ["../other", "out", "/etc", "missing"] {
      #expect(!ProjectSettings.isNeighbour(path, store), "\(path)")
    }
  }

  @Test("a program that the file names runs only where the user has named it before")
  func programs() throws {
    defer { Files.removeTree(root) }
    try write(
      "[import]\nalembic = \"m\"\npython = \"bin/python\"\n"
        + "path = [\"src\"]\nx = [\"a=b\"]\napp = \"x:y\"\n"
    )
    let place = UserMemory.Place(folder: root + "/memory")
    func remembered(_ said: AlembicSettings = AlembicSettings()) throws -> AlembicSettings {
      try said.remembered(in: store, place)
    }
    for option in ["python", "path", "x", "app"] {
      do {
        _ = try remembered()
        Issue.record("\(option) was believed")
      } catch {
        #expect("\(error)".contains("names what would be run (\(option) = "), "\(error)")
      }
      place.update(of: store) {
        switch option {
        case "python": $0.python = root + "/project/bin/python"
        case "path": $0.paths = [root + "/project/src"]
        case "x": $0.arguments = ["a=b"]
        default: $0.application = "x:y"
        }
      }
    }
    let settings = try remembered()
    #expect(settings.python == root + "/project/bin/python")
    #expect(settings.paths == [root + "/project/src"])
    // What is said now needs no memory.
    #expect(
      try remembered(AlembicSettings(python: "/usr/bin/python3")).python == "/usr/bin/python3")
  }
}
