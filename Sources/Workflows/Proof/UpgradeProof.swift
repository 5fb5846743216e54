import Importers
import SchemaHistory
import SchemaModel

/// The proof by the command that users run: `alembic upgrade` with the project's own env.py.
extension Proof {
  /// The rewritten folder, run from empty as its users run it, gives the head's fingerprint. Where
  /// there are several heads, each is proved by itself before all are run at once.
  func upgrade(_ drafts: [RevisionDraft], _ runner: AlembicRunner) throws -> String {
    do {
      return try upgrade(drafts, runner, product)
    } catch let error as WorkflowError {
      // The first loop made all of it; what the second made of it is no news.
      try refuseLoop(runner.timesMax)
      throw error
    }
  }

  private func upgrade(
    _ drafts: [RevisionDraft], _ runner: AlembicRunner, _ product: some Product
  ) throws -> String {
    let graph = try completeGraph(drafts)
    let heads = plan.heads
    let steps =
      heads.count == 1
      ? nil : try folder(drafts, runner: { _ in runner }, tool: "Alembic with env.py")
    // What was never recorded is not compared.
    let target = Set(graph.heads) == Set(heads) ? "heads" : heads.first?.text ?? "heads"
    let tool = "`alembic upgrade \(target)`, with env.py,"
    let scratch = try product.engine().makeScratch()
    defer { scratch.discard() }
    let ran = try whole(runner, scratch, to: target)
    try refuseLoop(runner.timesMax)
    teller.endProgress()
    for warning in Set(ran.warnings).sorted() where steps == nil { teller.warn(warning) }
    let dumped = try dumpClause(runner, product)
    guard steps == nil, let head = heads.first else {
      return (steps ?? "") + ", all at once by \(tool.dropLast())" + dumped
    }
    var capture = try scratch.capture(
      after: Capture(schema: Schema()), statements: ran.statements)
    let expected = try history.schema(at: head)
    if !Set(capture.schema.paths).isSubset(of: expected.paths) {
      capture = try runner.ground(on: product.engine(), for: head).leftOut(of: capture)
    }
    try compare(
      capture.schema, expected, "\(tool) on the rewritten folder",
      judgedBy: try history.revision(head).revision.engine, now: capture.engine)
    let others = try otherRowsThanRecorded(capture, head)
    return try line(String(tool), [head], others.map { [head: $0] } ?? [:], drafts) + dumped
  }

  /// Where the migration tool makes objects of its own, only what it makes of the rewritten folder
  /// can be held against what it made of the whole one.
  private func dumpClause(_ runner: AlembicRunner, _ product: some Product) throws -> String {
    guard let again, again.isGrounded, let tool = product.words.dumpTool, let expected = again.dump
    else { return "" }
    let scratch = try product.engine().makeScratch()
    defer { scratch.discard() }
    _ = try whole(runner, scratch, to: plan.root.text)
    try compareDumps(scratch, product, tool, expected)
    return "; at \(plan.root) the same to the byte under \(tool)"
  }

  /// The baseline would make what env.py has made already, as migrations left it.
  private func refuseChangedGround(_ runner: AlembicRunner, _ product: some Product) throws {
    guard
      let path = try runner.ground(on: product.engine(), for: plan.root)
        .changed(in: plan.schema).first,
      let changing = try (plan.archived + [plan.root]).first(where: {
        try history.schema(at: $0).objects[path] != nil
      })
    else { return }
    throw disproved(
      "env.py itself makes \(path) before any migration, and revision \(changing) changes it (its "
        + "definition or its rows): the baseline would make it as the migrations left it, and finds "
        + "env.py's there. Cut before \(changing), or let a migration make it instead of env.py")
  }

  private func whole(
    _ runner: AlembicRunner, _ scratch: some ScratchDatabase, to target: String
  ) throws -> RanRevision {
    teller.show("prove", 0, of: 1, "alembic upgrade \(target)")
    do {
      var ran = RanRevision(id: RevisionID(target), statements: [])
      try scratch.overcoming { ran = try runner.upgrade(scratch, to: target) }
      return ran
    } catch let error as ImportError {
      try refuseChangedGround(runner, product)
      throw disproved(
        "`alembic upgrade \(target)` does not run on the rewritten folder: \(Self.words(error))")
    }
  }

  /// A baseline makes the whole database, once.
  func refuseLoop(_ timesMax: Int) throws {
    guard timesMax > 1 else { return }
    throw disproved(
      "env.py runs each migration \(timesMax) times (once for each schema, as for tenants), "
        + "and a baseline makes all that is recorded at once: run for each it would fail, and a schema "
        + "that is added later would get nothing of it")
  }
}
