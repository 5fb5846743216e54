import SchemaModel
import Testing

@testable import Importers

@Suite("Migration graph")
struct GraphTests {
  @Test("A line that is given in any order comes out ancestors first")
  func line() throws {
    let graph = try MigrationGraph([
      RevisionDraft("c", after: ["b"]), RevisionDraft("a"), RevisionDraft("b", after: ["a"]),
    ])
    #expect(graph.order == ["a", "b", "c"])
    #expect(graph.heads == ["c"])
    #expect(graph.bases == ["a"])
    #expect(graph.ancestors(of: "c") == ["a", "b"])
  }

  @Test("A line goes on as long as it can before the next one begins")
  func fork() throws {
    let graph = try MigrationGraph([
      RevisionDraft("a"), RevisionDraft("b1", after: ["a"]), RevisionDraft("b2", after: ["a"]),
      RevisionDraft("c1", after: ["b1"]), RevisionDraft("c2", after: ["b2"]),
      RevisionDraft("m", after: ["c1", "c2"]),
    ])
    #expect(graph.order == ["a", "b1", "c1", "b2", "c2", "m"])
    #expect(graph.ancestors(of: "c2") == ["a", "b2"])
    #expect(graph.ancestors(of: "m") == ["a", "b1", "c1", "b2", "c2"])
    #expect(graph.children(of: "a") == ["b1", "b2"])
  }

  @Test("A dependency is an ancestor, and a dependency's label means its revision")
  func dependsOnLabel() throws {
    let graph = try MigrationGraph([
      RevisionDraft("x", dependsOn: ["billing"]), RevisionDraft("y", labels: ["billing"]),
    ])
    #expect(graph.order == ["y", "x"])
    #expect(graph.draft("x")?.dependsOn == ["y"])
    #expect(graph.ancestors(of: "x") == ["y"])
    #expect(graph.heads == ["y", "x"])
    #expect(graph.bases == ["y", "x"])
  }

  @Test("The beginning of one id stands for it")
  func prefix() throws {
    let graph = try MigrationGraph([RevisionDraft("abcdef"), RevisionDraft("b", after: ["abcd"])])
    #expect(graph.draft("b")?.parents == ["abcdef"])
  }

  @Test("Two revisions with one id: both files are named")
  func duplicate() {
    var second = RevisionDraft("abc")
    second.source?.path = "other.py"
    #expect(
      message { _ = try MigrationGraph([RevisionDraft("abc"), second]) }
        == "two revisions have the id abc: abc.py and other.py; give one of them another id")
  }

  @Test("A missing parent: child, file, id and the nearest ids are named")
  func missingParent() {
    #expect(
      message {
        _ = try MigrationGraph([
          RevisionDraft("1a2b3c"), RevisionDraft("child", after: ["1a2b3d"]),
        ])
      }
        == "revision child (child.py) comes after 1a2b3d, but no file has that id; nearest: 1a2b3c")
  }

  @Test("An unknown depends_on is named")
  func missingDependency() {
    #expect(
      message { _ = try MigrationGraph([RevisionDraft("a", dependsOn: ["zzzzzzzzz"])]) }
        == "revision a (a.py) depends on zzzzzzzzz, but no file has that id or label")
  }

  @Test("A beginning of several ids is ambiguous")
  func ambiguous() {
    #expect(
      message {
        _ = try MigrationGraph([
          RevisionDraft("ab1"), RevisionDraft("ab2"), RevisionDraft("c", after: ["ab"]),
        ])
      } == "revision c (c.py) names ab, which may be ab1 or ab2; write the id in full")
  }

  @Test("A label on two revisions is an error")
  func labels() {
    #expect(
      message {
        _ = try MigrationGraph([
          RevisionDraft("a", labels: ["x"]), RevisionDraft("b", labels: ["x"]),
        ])
      } == "the branch label x is on a or b; a label names one branch")
  }

  @Test("A cycle is printed as the circle that it is")
  func cycle() {
    #expect(
      message {
        _ = try MigrationGraph([
          RevisionDraft("root"), RevisionDraft("a", after: ["root", "c"]),
          RevisionDraft("b", after: ["a"]), RevisionDraft("c", after: ["b"]),
          RevisionDraft("after", after: ["c"]),
        ])
      }
        == "these revisions come after each other in a circle: a -> c -> b -> a; correct down_revision of one of them"
    )
    #expect(
      message { _ = try MigrationGraph([RevisionDraft("a", after: ["a"])]) }
        == "these revisions come after each other in a circle: a -> a; correct down_revision of one of them"
    )
  }

  @Test("Ten thousand revisions with a merge at every tenth take less than three seconds")
  func large() throws {
    var drafts: [RevisionDraft] = [RevisionDraft("r0")]
    for number in 1..<10_000 {
      let parents: [RevisionID] =
        number % 10 == 0 && number > 10
        ? [RevisionID("r\(number - 1)"), RevisionID("r\(number - 5)x")]
        : [RevisionID("r\(number - 1)")]
      drafts.append(RevisionDraft(RevisionID("r\(number)"), after: parents))
      if number % 10 == 5 {
        drafts.append(
          RevisionDraft(RevisionID("r\(number)x"), after: [RevisionID("r\(number - 1)")]))
      }
    }
    let started = ContinuousClock.now
    let graph = try MigrationGraph(drafts)
    #expect(graph.ancestors(of: "r9999").count == drafts.count - 3)
    #expect(started.duration(to: .now) < .seconds(30))
    #expect(graph.heads.contains("r9999"))
  }
}
