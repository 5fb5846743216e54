import SchemaModel
import Testing

@testable import EnginePostgreSQL

/// Walks one scratch database step by step, and holds every capture against a reading of the whole
/// catalog and against its own operations.
struct CaptureWalk {
  var scratch: PostgreSQLScratch
  private(set) var capture = Capture(schema: Schema())

  /// In the cluster that all suites share, where other tests keep the log busy.
  init() throws { try self.init(in: Shared.engine().makeScratch()) }

  /// In a cluster where nothing else runs. `followingLog`: false to search the catalogs each time.
  init(alone cluster: PostgreSQLCluster, followingLog: Bool) throws {
    let host = ScratchHost(cluster: cluster)
    try self.init(
      in: PostgreSQLScratch(
        host: host, catalog: followingLog ? nil : CatalogState(role: "postgres")))
  }

  private init(in scratch: PostgreSQLScratch) throws {
    self.scratch = scratch
    capture = try scratch.capture(after: capture, statements: [])
  }

  /// A walk that goes on from here in a copy of the database.
  func copied() throws -> CaptureWalk {
    var copy = self
    copy.scratch = try scratch.copy()
    return copy
  }

  /// Runs a script, and returns the operations that were seen.
  @discardableResult
  mutating func step(_ script: String, location: SourceLocation = #_sourceLocation) throws
    -> [Operation]
  {
    let executed = try scratch.run(script: script)
    let next = try scratch.capture(after: capture, statements: executed)
    let whole = try CatalogState(runnerTables: scratch.catalog.runnerTables).capture(
      scratch.location, beside: scratch.open(), after: Capture(schema: Schema()), statements: [])
    let label = Comment(rawValue: String(script.prefix(200)))
    #expect(
      difference(next.schema, whole.schema) == [], label, sourceLocation: location)
    #expect(next.rows == whole.rows, label, sourceLocation: location)
    #expect(next.runners == whole.runners, label, sourceLocation: location)
    let operations = try SchemaDiff.operations(
      from: capture.schema, to: next.schema, lineage: next.lineage)
    var folded = capture.schema
    try folded.fold(operations)
    #expect(difference(folded, next.schema) == [], label, sourceLocation: location)
    capture = next
    return operations
  }

  private func difference(_ left: Schema, _ right: Schema) -> [String] {
    if left == right { return [] }
    return Set(left.objects.keys).union(right.objects.keys).sorted().compactMap { path in
      let (a, b) = (left.objects[path], right.objects[path])
      if a == b { return nil }
      return "\(path): \(a.map { "\($0)" } ?? "none") / \(b.map { "\($0)" } ?? "none")"
    }
  }
}
