import Foundation
import SchemaModel
import Testing

@Suite("README shows what is so")
struct ReadmeTests {
  static let root = String(#filePath.dropLast("/Tests/Readme/ReadmeTests.swift".count))

  static func readme() throws -> String {
    try String(contentsOfFile: root + "/README.md", encoding: .utf8)
  }

  /// The text of a block of a language, the first one unless another is asked for.
  static func block(_ language: String, _ number: Int = 0) throws -> String {
    let parts = try readme().components(separatedBy: "```\(language)\n")
    let rest = try #require(
      parts.dropFirst(number + 1).first, "README has no block \(number) of \(language)")
    return try #require(rest.components(separatedBy: "```").first)
  }

  @Test(
    "the examples of the library are the files that are compiled here",
    arguments: zip([0, 1], ["LibraryExample", "WorkflowExample"]))
  func example(number: Int, name: String) throws {
    let file = try String(
      contentsOfFile: Self.root + "/Tests/Readme/\(name).swift", encoding: .utf8)
    #expect(try Self.block("swift", number) == file)
  }

  @Test("the example of the library gives what README says")
  func run() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/strata-readme-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let migrations: [(RevisionID, String)] = [
      ("001", "CREATE TABLE users (mail TEXT)"), ("002", "ALTER TABLE users RENAME mail TO email"),
    ]
    let result = try record(migrations.map { (id: $0.0, sql: $0.1) }, at: folder)
    #expect(result == ["rename column users.mail to email", "rewrite text of table users"])
    #expect(try Self.readme().contains("`\(result)`"))
  }

  private static let environment: String = {
    let environment = ProcessInfo.processInfo.environment
    let python = environment["STRATA_TEST_PYTHON"]
    return python.map { ($0 as NSString).deletingLastPathComponent + "/.." }
      ?? (environment["HOME"] ?? "") + "/.cache/strata/venv-alembic"
  }()

  @Test(
    "the example of the workflows imports a folder, cuts it with proof and puts it back",
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: environment + "/bin/python"),
      "no Python with Alembic"))
  func workflows() throws {
    let files = FileManager.default
    let folder = files.temporaryDirectory.path + "/strata-readme-\(UUID().uuidString)"
    defer { try? files.removeItem(atPath: folder) }
    let versions = folder + "/versions"
    try files.createDirectory(atPath: versions, withIntermediateDirectories: true)
    // Found as the project's own.
    try files.createSymbolicLink(
      atPath: folder + "/.venv", withDestinationPath: Self.environment)
    for (id, parent, name) in [("a1", "None", "users"), ("a2", "'a1'", "posts")] {
      try """
      from alembic import op
      import sqlalchemy as sa
      revision = '\(id)'
      down_revision = \(parent)

      def upgrade():
          op.create_table('\(name)', sa.Column('id', sa.Integer, primary_key=True))

      """.write(toFile: "\(versions)/\(id).py", atomically: true, encoding: .utf8)
    }
    let lines = try shorten(versions, at: "a1", storeIn: folder + "/store")
    #expect(lines.count == 5)
    #expect(lines.first?.hasPrefix("Recorded 2 revisions with 2 operations") == true)
    #expect(lines[2].hasPrefix("Alembic on the rewritten folder from empty: fingerprint and rows"))
    #expect(lines.last == "folder: 1 file back in \(versions)")
    #expect(
      try files.contentsOfDirectory(atPath: versions).filter { $0 != "__pycache__" }.sorted()
        == ["a1.py", "a2.py"])
  }

  @Test("the session prints what README shows")
  func session() throws {
    let shell = try ReadmeShell()
    for step in try ReadmeShell.steps(Self.block("console")) {
      let printed = try shell.run(step.command)
      #expect(printed == step.output, "$ \(step.command)")
    }
  }

  @Test("every file that the documents link to is there")
  func links() throws {
    for page in [
      "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "store/RELATIONS.md", "store/FORMAT.md",
    ] {
      let text = try String(contentsOfFile: Self.root + "/" + page, encoding: .utf8)
      for part in text.components(separatedBy: "](").dropFirst() {
        let link = part.components(separatedBy: ")")[0].components(separatedBy: "#")[0]
        if link.isEmpty || link.contains("://") { continue }
        let folder = URL(filePath: Self.root + "/" + page).deletingLastPathComponent()
        #expect(
          FileManager.default.fileExists(atPath: folder.appending(path: link).path),
          "\(page): \(link)")
      }
    }
  }
}
