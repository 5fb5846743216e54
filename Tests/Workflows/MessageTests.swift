import Importers
import SchemaModel
import Testing

@testable import Workflows

@Suite("Messages")
struct MessageTests {
  private let failure = ImportError.revisionFailed(
    RevisionFailure(id: "r1", file: "a\nb.py", reason: "one\ntwo", statement: "SELECT\n1"))

  @Test("an error within a message has its own lines, whether its type is known or not")
  func lines() {
    let unknown: any Error = failure
    let known: Message = "it failed: \(failure)"
    #expect(known.description == "it failed: \(String(describing: failure))")
    #expect(known.description.split(separator: "\n").count > 3)
    #expect(("it failed: \(unknown)" as Message).description == known.description)
    #expect(!known.description.contains("\\n") || known.description.contains("a\\nb.py"))
  }

  @Test("a name within a message stays on its line")
  func names() {
    let name = "a\nb"
    #expect(
      ("found \(name) in \(RevisionID("c\nd"))" as Message).description == "found a\\nb in c\\nd")
  }
}
