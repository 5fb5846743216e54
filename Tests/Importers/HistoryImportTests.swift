import SchemaModel
import Testing

@testable import Importers

@Suite("The import of a history")
struct HistoryImportTests {
  /// Runs a script for each revision: by default a table of its name.
  private final class Scripts: MigrationRunner {
    var scripts: [RevisionID: String] = [:]
    var ran: [RevisionID] = []
    var merges: [RevisionID: MergeOrder] = [:]
    var asked: [[RevisionID]] = []

    func orders(of ids: [RevisionID]) throws -> [MergeOrder]? {
      asked.append(ids)
      return merges.isEmpty ? nil : ids.compactMap { merges[$0] }
    }

    func run(
      _ ids: [RevisionID], on scratch: some ScratchDatabase,
      each: (RanRevision) throws -> Void
    ) throws {
      for id in ids {
        do {
          let statements = try scratch.run(script: scripts[id] ?? "create table \(id)(x)")
          ran.append(id)
          try each(RanRevision(id: id, statements: statements))
        } catch {
          throw ImportError.revisionFailed(
            RevisionFailure(id: id, file: "\(id).sql", reason: "it raised"))
        }
      }
    }
  }

  private let diamond = [
    RevisionDraft("a"), RevisionDraft("b1", after: ["a"]), RevisionDraft("c1", after: ["b1"]),
    RevisionDraft("b2", after: ["a"]), RevisionDraft("m", after: ["c1", "b2"]),
    RevisionDraft("n", after: ["m"]),
  ]

  private struct Outcome {
    var lines: [String] = []
    var summary = ImportSummary()
    var ran: [RevisionID] = []
    var asked: [[RevisionID]] = []
    var ledger = Ledger()
  }

  private func run(
    _ drafts: [RevisionDraft], scripts: [RevisionID: String] = [:],
    known: Set<RevisionID> = [], cached: [RevisionID: [RevisionID]] = [:],
    merges: [RevisionID: MergeOrder] = [:]
  ) throws -> Outcome {
    let engine = NamesEngine()
    let runner = Scripts()
    runner.scripts = scripts
    runner.merges = merges
    var outcome = Outcome()
    var order = HistoryImport(engine: engine, runner: runner, graph: try MigrationGraph(drafts))
    order.isKnown = { known.contains($0) }
    order.cached = { id in
      guard let content = cached[id] else { return nil }
      let scratch = try engine.makeScratch()
      for table in content { _ = try scratch.run(script: "create table \(table)(x)") }
      return CachedScratch(
        scratch: scratch,
        capture: try scratch.capture(after: Capture(schema: Schema()), statements: []))
    }
    outcome.summary = try order.run { captured in
      let replayed = captured.replayed.map(\.text).joined(separator: ",")
      outcome.lines.append(
        "\(captured.draft.id): \(captured.before.names.joined(separator: " ")) -> "
          + captured.capture.names.joined(separator: " ")
          + (replayed.isEmpty ? "" : " (again: \(replayed))")
          + (captured.isLinear ? " (linear)" : ""))
    }
    outcome.ran = runner.ran
    outcome.asked = runner.asked
    outcome.ledger = engine.ledger
    #expect(engine.ledger.live == 0)
    return outcome
  }

  @Test(
    "Every revision is captured on its ancestors and nothing else; a merge runs the other side again"
  )
  func branches() throws {
    let outcome = try run(diamond)
    #expect(
      outcome.lines == [
        "a:  -> a",
        "b1: a -> a b1",
        "c1: a b1 -> a b1 c1",
        "b2: a -> a b2",
        "m: a b2 -> a b1 b2 c1 m (again: b1,c1)",
        "n: a b1 b2 c1 m -> a b1 b2 c1 m n",
      ])
    #expect(outcome.ledger.made == 1)
    #expect(outcome.ledger.copies == 1)
    #expect(outcome.ledger.liveMax <= 3)
  }

  @Test("A merge begins where the order of its tool comes by, and runs the rest in that order")
  func toldOrder() throws {
    // Another merge's order leads to `m` by way of `b1` alone.
    let merges = [
      RevisionID("m"): MergeOrder(base: "b1", missing: ["b2", "c1"]),
      RevisionID("o"): MergeOrder(base: "m", missing: ["d"]),
    ]
    let drafts =
      diamond + [RevisionDraft("d", after: ["b2"]), RevisionDraft("o", after: ["m", "d"])]
    let outcome = try run(drafts, merges: merges)
    #expect(
      Set(outcome.lines) == [
        "a:  -> a", "b1: a -> a b1", "c1: a b1 -> a b1 c1", "b2: a -> a b2", "d: a b2 -> a b2 d",
        "m: a b1 -> a b1 b2 c1 m (again: b2,c1)", "n: a b1 b2 c1 m -> a b1 b2 c1 m n",
        "o: a b1 b2 c1 m -> a b1 b2 c1 d m o (again: d)",
      ])
    #expect(outcome.asked.map(Set.init) == [["m", "o"]])
    // Behind a recorded merge whose database is gone, it is made as before.
    let later = try run(
      drafts, known: ["a", "b1", "b2", "c1", "m", "n", "d"], merges: merges)
    #expect(later.ran == ["a", "b1", "b2", "c1", "m", "d", "o"])
    #expect(later.lines == ["o: a b1 b2 c1 m -> a b1 b2 c1 d m o (again: d)"])
    #expect(later.summary.replayed == ["a", "b1", "m"])
    #expect(later.asked == [["o"], ["m"]])
  }

  @Test("Where nothing is to run that comes after several, the tool is asked nothing")
  func notAsked() throws {
    let known: Set<RevisionID> = ["a", "b1", "b2", "c1", "m"]
    #expect(try run(diamond, known: known.union(["n"])).asked == [])
    #expect(try run(diamond, known: known, cached: ["m": Array(known)]).asked == [])
    #expect(try run(Array(diamond.prefix(4))).asked == [])
  }

  @Test(
    "A merge that does not run in the order of its tool is captured in the history's, and says so")
  func otherOrder() throws {
    let outcome = try run(
      diamond, scripts: ["b2": "create table b2 as select * from c1"],
      merges: ["m": MergeOrder(base: "b1", missing: ["b2", "c1"])])
    #expect(outcome.lines.last == "n: a b1 b2 c1 m -> a b1 b2 c1 m n")
    #expect(
      outcome.summary.warnings.last
        == "revision m: it does not run behind its ancestors in the order of its tool (b2: it raised); captured after everything that comes before it in the order of the history instead"
    )
  }

  @Test("A line of a hundred revisions needs one scratch database")
  func line() throws {
    let drafts = (0..<100).map {
      RevisionDraft(RevisionID("r\($0)"), after: $0 == 0 ? [] : [RevisionID("r\($0 - 1)")])
    }
    let outcome = try run(drafts)
    #expect(outcome.ledger.made == 1)
    #expect(outcome.ledger.copies == 0)
    #expect(outcome.summary.recorded.count == 100)
  }

  @Test("What a revision depends on runs first, and the revision goes on in its database")
  func dependencies() throws {
    let outcome = try run([
      RevisionDraft("d"), RevisionDraft("a"), RevisionDraft("b", after: ["a"], dependsOn: ["d"]),
      RevisionDraft("e", dependsOn: ["d"]),
    ])
    #expect(
      Set(outcome.lines) == [
        "d:  -> d", "a:  -> a", "b: d -> a b d (again: a)", "e: d -> d e",
      ])
  }

  @Test("Known revisions run once more only where new ones come after them")
  func resume() throws {
    let outcome = try run(diamond, known: ["a", "b1", "b2"])
    #expect(outcome.summary.recorded == ["c1", "m", "n"])
    #expect(outcome.summary.replayed == ["a", "b1", "b2"])
    #expect(
      outcome.lines == [
        "c1: a b1 -> a b1 c1",
        "m: a b2 -> a b1 b2 c1 m (again: b1,c1)",
        "n: a b1 b2 c1 m -> a b1 b2 c1 m n",
      ])
  }

  @Test("With nothing new nothing runs and no scratch database is made")
  func nothingNew() throws {
    let outcome = try run(diamond, known: ["a", "b1", "b2", "c1", "m", "n"])
    #expect(outcome.lines == [])
    #expect(outcome.ran == [])
    #expect(outcome.ledger.made == 0)
  }

  @Test("A kept database saves the run of the ancestors")
  func cached() throws {
    let outcome = try run(
      diamond, known: ["a", "b1", "b2", "c1", "m"], cached: ["m": ["a", "b1", "b2", "c1", "m"]])
    #expect(outcome.ran == ["n"])
    #expect(outcome.lines == ["n: a b1 b2 c1 m -> a b1 b2 c1 m n"])
    #expect(outcome.summary.replayed == [])
  }

  @Test("A side branch that cannot run alone is captured from the linear run, and says so")
  func linear() throws {
    let outcome = try run(diamond, scripts: ["b2": "create table b2 as select * from c1"])
    #expect(
      outcome.lines == [
        "a:  -> a",
        "b1: a -> a b1",
        "c1: a b1 -> a b1 c1",
        "b2: a b1 c1 -> a b1 b2 c1 (linear)",
        "m: a b1 b2 c1 -> a b1 b2 c1 m",
        "n: a b1 b2 c1 m -> a b1 b2 c1 m n",
      ])
    #expect(
      outcome.summary.warnings == [
        "revision b2: it does not run on its ancestors alone (b2: it raised); captured after everything that comes before it in the order instead"
      ])
  }

  @Test("A revision that runs nowhere stops the import; a second run goes on from there")
  func failure() throws {
    var recorded: [RevisionID] = []
    let engine = NamesEngine()
    let runner = Scripts()
    runner.scripts = ["m": "create table nonsense"]
    var order = HistoryImport(engine: engine, runner: runner, graph: try MigrationGraph(diamond))
    let text = message { try order.run { recorded.append($0.draft.id) } }
    #expect(text.hasPrefix("revision m (m.sql) failed: it raised"))
    #expect(recorded == ["a", "b1", "c1", "b2"])
    #expect(engine.ledger.live == 0)
    runner.scripts = [:]
    let known = Set(recorded)
    order.isKnown = { known.contains($0) }
    try order.run { recorded.append($0.draft.id) }
    #expect(recorded == ["a", "b1", "c1", "b2", "m", "n"])
  }

  @Test("What the recorder throws stops the import and leaves no scratch database")
  func recorderFails() throws {
    struct Full: Error {}
    let engine = NamesEngine()
    let order = HistoryImport(
      engine: engine, runner: Scripts(), graph: try MigrationGraph(diamond))
    #expect(throws: Full.self) {
      try order.run { if $0.draft.id == "b2" { throw Full() } }
    }
    #expect(engine.ledger.live == 0)
  }

  @Test("The database of every head is handed over, and progress counts to the end")
  func heads() throws {
    let engine = NamesEngine()
    var order = HistoryImport(
      engine: engine, runner: Scripts(),
      graph: try MigrationGraph([
        RevisionDraft("a"), RevisionDraft("b", after: ["a"]), RevisionDraft("c", after: ["a"]),
      ]))
    var kept: [String] = []
    var counts: [String] = []
    order.keep = { id, scratch in
      kept.append("\(id): \(try scratch.names().joined(separator: " "))")
      scratch.discard()
    }
    order.progress = { counts.append("\($0.done)/\($0.total) \($0.id)") }
    try order.run { _ in }
    #expect(kept == ["b: a b", "c: a c"])
    #expect(counts == ["1/3 a", "2/3 b", "3/3 c"])
  }
}
