import DialectPostgreSQL
import Foundation
import SchemaModel
import Testing

@testable import EnginePostgreSQL

/// `STRATA_PG_BIN` names the server; what it does not know yet is left out, and counted.
///
/// `STRATA_NEWS=17` takes the cases of one version alone, `STRATA_NEWS=words` those whose titles
/// hold them.
@Suite("What is new in a version of PostgreSQL")
struct NewsTests {
  private static let wanted = ProcessInfo.processInfo.environment["STRATA_NEWS"] ?? ""

  private static let known: [NewsCase] = {
    // Without a server each case says why there is none.
    guard let version = try? Shared.cluster().programs.majorVersion else { return NewsCase.all }
    let server = try? Shared.connection()
    let known = NewsCase.all.filter { example in
      guard example.version <= version else { return false }
      return example.needed.isEmpty || (try? server?.query(example.needed)) != nil
    }
    if known.count < NewsCase.all.count {
      print(
        "PostgreSQL \(version) knows \(known.count) of \(NewsCase.all.count) cases of what is new; "
          + "the rest were left out")
    }
    return known.filter { example in
      wanted.isEmpty || Int(wanted) == example.version || example.title.contains(wanted)
    }
  }()

  @Test("There is a case for each thing that a migration can say since 16, and each has a name")
  func counted() {
    let titles = NewsCase.all.map(\.testDescription)
    #expect(Set(titles).count == titles.count)
    let counts = NewsCase.versions.map { version in
      NewsCase.all.count { $0.version == version }
    }
    #expect(counts.dropFirst().reduce(0, +) >= 90, "\(counts)")
    #expect(counts.allSatisfy { $0 > 5 }, "\(counts)")
  }

  @Test(
    "is recorded revision by revision, stored, undone, and made again by a baseline",
    arguments: known)
  func cases(_ example: NewsCase) throws {
    let walk = try RandomWalk()
    var schemas = [walk.last.schema]
    for script in example.scripts {
      do {
        try #require(try walk.step(script), "\(walk.refusal)")
        try walk.checkAgainstFreshReading()
        let left = PostgreSQL.Render.unrendered(walk.last.schema)
        if example.leftOut.isEmpty {
          #expect(left == [])
          try walk.checkBaseline()
        } else {
          #expect(
            left.allSatisfy { path in
              path.kind == .opaque && example.leftOut.contains { path.name.hasPrefix($0) }
            }, "\(left)")
        }
      } catch let finding as RandomWalk.Finding {
        Issue.record("\(script)\n\(finding.check):\n\(finding.differences.joined(separator: "\n"))")
      }
      schemas.append(walk.last.schema)
    }
    try walk.verify()
    for (before, after) in Array(zip(schemas, schemas.dropFirst())) + [
      (schemas[0], walk.last.schema)
    ] {
      try compare(before, after)
      try compare(after, before)
    }
  }

  @Test(
    "is told in words: what is enforced and what is not yet valid are two things",
    .enabled(if: (try? Shared.cluster().programs.majorVersion) ?? 0 >= 18))
  func words() throws {
    var walk = try CaptureWalk()
    try walk.step(
      """
      create table t (a int primary key);
      create table c (a int, constraint f foreign key (a) references t not enforced);
      create table p (a int) partition by list (a);
      """)
    let key = "FOREIGN KEY (a) REFERENCES public.t(a)"
    let steps = [
      (
        "alter table c alter constraint f enforced",
        "alter constraint public.c f: \(key) NOT ENFORCED [not enforced] -> \(key)"
      ),
      ("alter table c drop constraint f", "drop constraint public.c f: \(key)"),
      (
        "alter table c add constraint f foreign key (a) references t not valid",
        "add constraint public.c f: \(key) NOT VALID [not valid]"
      ),
      ("alter table c validate constraint f", "validate constraint public.c f: \(key)"),
      (
        "alter table p set access method heap",
        "alter table public.p: using the default access method -> using heap"
      ),
    ]
    for (statement, words) in steps {
      let told = try walk.step(statement).map(\.summary)
      // What the table depends on may change with it.
      #expect(told.filter { !$0.hasSuffix(": other dependencies") } == [words])
    }
    let operations = try walk.step(
      "alter default privileges grant select on large objects to public")
    #expect(
      operations.map(\.subjects) == [[ObjectPath(.defaultPrivileges, name: "@self large objects")]])
  }

  /// Two schemas that no lineage connects: what is between them leads there and back.
  private func compare(_ before: Schema, _ after: Schema) throws {
    let operations = try SchemaDiff.operations(from: before, to: after)
    var folded = before
    try folded.fold(operations)
    #expect(folded == after)
    #expect(operations.allSatisfy { !$0.summary.isEmpty })
    try folded.fold(operations.reversed().compactMap(\.inverse))
    #expect(folded == before)
  }
}
