import Foundation
import SchemaModel
import Testing

@Suite("README shows what is so")
struct ReadmeTests {
  static let root = String(#filePath.dropLast("/Tests/Readme/ReadmeTests.swift".count))

  static func readme() throws -> String {
    try String(contentsOfFile: root + "/README.md", encoding: .utf8)
  }

  /// The text of the first block of a language.
  static func block(_ language: String) throws -> String {
    let parts = try readme().components(separatedBy: "```\(language)\n")
    let rest = try #require(parts.dropFirst().first, "README has no block of \(language)")
    return try #require(rest.components(separatedBy: "```").first)
  }

  @Test("the example of the library is the file that is compiled here")
  func example() throws {
    let file = try String(
      contentsOfFile: Self.root + "/Tests/Readme/LibraryExample.swift", encoding: .utf8)
    #expect(try Self.block("swift") == file)
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
