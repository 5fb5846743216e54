import SchemaModel
import Storage
import StoreFormat

/// A revision whose event cannot stay as it was recorded. It is taken where its schema is known, by its
/// nodes or by its operations, and has the fingerprint that its event names.
struct CarriedRevision {
  let builder: SalvageBuilder
  let log: LogWriter
  let original: Revision
  /// As they were recorded; nil where some are gone.
  let operations: [Operation]?
  /// Revisions that could not be taken.
  let lost: [RevisionID: Revision]
  let hints: ProjectionHints
  /// What it made, where that is known without its nodes.
  var schema: Schema?
  private var warnings: [String] = []

  init(
    builder: SalvageBuilder, log: LogWriter, original: Revision, operations: [Operation]?,
    lost: [RevisionID: Revision], hints: ProjectionHints
  ) {
    self.builder = builder
    self.log = log
    self.original = original
    self.operations = operations
    self.lost = lost
    self.hints = hints
  }

  private var place: String { "revision \(original.id)" }

  /// - Returns: false where it is lost.
  mutating func take(at time: Timestamp, by actor: String) throws -> Bool {
    guard builder.archived[original.id] == nil, try log.reader.entry(original.id) == nil else {
      if try !builder.holds(original, in: log) {
        builder.report.lose(place, "found twice: what was recorded first is taken")
      }
      return true
    }
    var revision = original
    revision.parents = try standIns(for: original.parents)
    revision.dependsOn = try original.dependsOn.filter { try log.reader.entry($0) != nil }
    let gone = original.parents.filter { !revision.parents.contains($0) }
    guard let own = try settle(&revision) else {
      builder.report.lose(
        place, "not taken: neither its operations nor its schema are there as they were")
      return false
    }
    if !gone.isEmpty {
      let now =
        revision.parents.isEmpty
        ? "it has none" : "it follows \(HistoryError.ids(revision.parents))"
      warnings.append("its parent \(HistoryError.ids(gone)) is lost, \(now)")
    }
    if schema != nil {
      warnings.append("its own event is lost: who recorded it, and when, is told of the cut at it")
    }
    try takeRows(&revision)
    try takeSource(&revision)
    for warning in warnings { builder.report.lose(place, warning) }
    revision.warnings += warnings.map { "salvaged: \($0)" }
    revision.operationCount = own.count
    let sequence = try log.append(revision, operations: own, at: time, by: actor)
    builder.enter(revision, sequence)
    builder.report.rewrittenCount += 1 + own.count
    return true
  }

  /// The operations that make its schema of that of its parents, with the nodes kept; nil for none.
  private mutating func settle(_ revision: inout Revision) throws -> [Operation]? {
    let root = original.snapshot.hash
    if let operations, try builder.root(of: revision, operations, log, keeps: false) == root {
      _ = try builder.root(of: revision, operations, log, keeps: true)
      return operations
    }
    guard let target = try target() else { return nil }
    let parent = try revision.parents.first.flatMap { try log.reader.entry($0) }
    var start = try parent.map { try log.reader.schema(root: $0.snapshot) } ?? Schema()
    try Fold.lenient(builder.merged(revision, log), onto: &start)
    let derived = try SchemaDiff.operations(from: start, to: target)
    guard try builder.root(of: revision, derived, log, keeps: true) == root else { return nil }
    revision.spellingCount = 0
    warnings.append(
      "its operations are told by what differs between the schemas"
        + (operations == nil ? ", some of its own are lost" : ""))
    return derived
  }

  private func target() throws -> Schema? {
    do {
      if let schema {
        try builder.make(schema, expecting: original.snapshot, log)
        return schema
      }
      let nodes = SalvageNodes(found: builder.found, log: log)
      try nodes.take(snapshot: original.snapshot.hash)
      return try log.reader.schema(root: original.snapshot.hash)
    } catch let error as StoreError {
      guard error.isDamage else { throw error }
      return nil
    } catch is FormatError {
      return nil
    }
  }

  /// Parents that are lost are stood in for by theirs, as far as anything tells of them; where nothing
  /// does, by what was recorded before.
  private func standIns(for parents: [RevisionID]) throws -> [RevisionID] {
    var result: [RevisionID] = []
    var seen: Set<RevisionID> = []
    var pending = Array(parents.reversed())
    while let id = pending.popLast() {
      guard seen.insert(id).inserted else { continue }
      if try log.reader.entry(id) != nil {
        result.append(id)
      } else {
        let known =
          lost[id]?.parents ?? builder.found.entries[id]?.parents ?? hints.revisions[id]?.parents
        pending += (known ?? []).reversed()
      }
    }
    if result.isEmpty, !parents.isEmpty, let newest = builder.graph.entries.last {
      return [newest.id]
    }
    return result
  }

  private mutating func takeRows(_ revision: inout Revision) throws {
    guard let rows = original.rows else { return }
    let left = try SalvageNodes(found: builder.found, log: log).take(whatIsLeftOf: rows)
    revision.rows = left.root
    if left.lost.isEmpty { return }
    let names = left.lost.compactMap { $0?.qualifiedName }.sorted()
    let some = names.prefix(5).joined(separator: ", ")
    let more = names.count > 5 ? " and \(names.count - 5) more tables" : ""
    let rest =
      left.lost.contains(nil) ? (names.isEmpty ? "" : " and ") + "tables that nothing names" : ""
    warnings.append("the rows of \(some)\(more)\(rest) are lost")
  }

  private mutating func takeSource(_ revision: inout Revision) throws {
    guard let source = original.source else { return }
    do {
      try SalvageNodes(found: builder.found, log: log).take(source)
    } catch let error as StoreError {
      guard error.isDamage else { throw error }
      revision.source = nil
      warnings.append("the text of \(source.path) is lost")
    }
  }
}
