import Foundation
import HistoryGenerator
import Projections
import SchemaHistory
import SchemaModel
import StoreFormat
import Testing

@Suite("The laws of a history", .serialized)
struct HistoryLawTests {
  private func bed(seed: UInt64, forks: Int = 10, revisions: Int = 60) throws -> LawBed {
    try LawBed(
      .init(
        seed: seed, tableCount: 12, operationCount: 4, forkPercent: forks, hasSources: true),
      revisions: revisions, batch: 7)
  }

  @Test("replaying every revision gives its snapshot", arguments: [1, 2, 3] as [UInt64])
  func replay(seed: UInt64) throws {
    let bed = try bed(seed: seed)
    let report = try bed.history.verify(full: true)
    #expect(!report.isDamaged, "\(report.findings)")
    #expect(report.replayedCount == bed.ids.count)
  }

  @Test(
    "the difference of two revisions, folded over one, is the other", arguments: [4, 5] as [UInt64])
  func difference(seed: UInt64) throws {
    let bed = try bed(seed: seed)
    var random = SeededRandom(seed: seed)
    for _ in 0..<40 {
      guard let a = random.pick(bed.ids), let b = random.pick(bed.ids) else { return }
      var schema = try bed.history.schema(at: a)
      try schema.fold(try bed.history.diff(from: a, to: b))
      #expect(
        try schema.fingerprint == bed.history.fingerprint(at: b), "seed \(seed): \(a) to \(b)")
      #expect(try schema == bed.history.schema(at: b))
    }
  }

  @Test(
    "blame names the revision that a walk over all operations finds", arguments: [6, 7] as [UInt64])
  func blame(seed: UInt64) throws {
    let bed = try bed(seed: seed, forks: 0)
    guard let head = bed.ids.last else { return }
    let naive = NaiveBlame(bed.line(to: head).map { ($0, bed.operations[$0] ?? []) })
    let schema = try bed.history.schema(at: head)
    var count = 0
    for path in schema.paths where path.kind == .table {
      for line in try bed.history.blame(path, at: head) where line.part == .column {
        let expected = naive.columns[path]?[line.name]
        #expect(line.created.id == expected?.created, "\(path).\(line.name)")
        #expect(line.shaped.id == expected?.shaped, "\(path).\(line.name)")
        count += 1
      }
    }
    #expect(count > 20)
  }

  @Test(
    "at, diff, blame, log and audit say the same before truncation, after it and after restore",
    arguments: [8, 9] as [UInt64])
  func truncation(seed: UInt64) throws {
    let bed = try bed(seed: seed)
    let before = try bed.answers(seed: seed)
    let cut = try #require(
      bed.ids.dropFirst(bed.ids.count / 2).first {
        (try? bed.history.planTruncation(at: $0)) != nil
      })
    try bed.history.truncate(try bed.history.planTruncation(at: cut), by: "laws")
    #expect(try bed.answers(seed: seed) == before)
    #expect(try !bed.history.verify(full: true).isDamaged)
    try bed.history.restore(try bed.history.planRestore(), by: "laws")
    #expect(try bed.answers(seed: seed) == before)
    #expect(try !bed.history.verify(full: true).isDamaged)
  }

  @Test("compaction keeps everything")
  func compaction() throws {
    let bed = try bed(seed: 10)
    let before = try bed.answers(seed: 10)
    let directory = bed.directory
    _ = try bed.history.compact()
    let again = try History.open(at: directory)
    #expect(try !again.verify(full: true).isDamaged)
    #expect(try bed.ids.allSatisfy { try again.fingerprint(at: $0) == before.schemas[$0] })
  }

  @Test("projections that followed and projections made anew are the same")
  func projections() throws {
    let bed = try bed(seed: 11)
    try bed.history.followLog()
    let relations = try bed.history.query(
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
    let followed = try bed.history.query("SELECT * FROM revisions ORDER BY 1")
    try bed.history.rebuild()
    let rebuilt = try bed.history.query("SELECT * FROM revisions ORDER BY 1")
    #expect("\(followed)" == "\(rebuilt)")
    #expect("\(relations)".contains("revisions"))
    #expect(try !bed.history.verify(full: false).isStale)
  }

  /// 400 revisions of 40 tables, since a debug build takes minutes for the whole: 10,000 of 1,000
  /// with STRATA_LONG_HISTORY=10000.
  @Test("a long history is recorded, asked, truncated at nine tenths and verified in full")
  func long() throws {
    let wanted = ProcessInfo.processInfo.environment["STRATA_LONG_HISTORY"].flatMap(Int.init)
    let count = wanted ?? 400
    let bed = try LawBed(
      .init(seed: 12, tableCount: count / 10, operationCount: 10), revisions: count, batch: 500)
    let cut = bed.ids[count * 9 / 10 - 1]
    let middle = bed.ids[count / 2]
    let schema = try bed.history.schema(at: middle)
    let table = try #require(schema.paths.first { $0.kind == .table })
    let lines = try bed.history.blame(table, at: middle)
    try bed.history.truncate(try bed.history.planTruncation(at: cut), by: "laws")
    #expect(try bed.history.schema(at: middle) == schema)
    #expect(try bed.history.blame(table, at: middle).map(\.created.id) == lines.map(\.created.id))
    let report = try bed.history.verify(full: true)
    #expect(!report.isDamaged, "\(report.findings.prefix(3))")
    #expect(try bed.history.log(LogFilter()).count == count)
  }
}

/// Blame the slow way: every operation from the first on.
private struct NaiveBlame {
  struct Origin {
    var created: RevisionID
    var shaped: RevisionID
  }

  var columns: [ObjectPath: [String: Origin]] = [:]

  init(_ revisions: [(RevisionID, [SchemaModel.Operation])]) {
    for (id, operations) in revisions {
      for operation in operations { follow(operation, id) }
    }
  }

  private mutating func follow(_ operation: SchemaModel.Operation, _ id: RevisionID) {
    switch operation {
    case .createObject(let create):
      for column in create.object.table?.columns ?? [] {
        columns[create.path, default: [:]][column.name] = Origin(created: id, shaped: id)
      }
    case .dropObject(let drop): columns[drop.path] = nil
    case .renameObject(let rename):
      columns[rename.newPath] = columns.removeValue(forKey: rename.path)
    case .addColumn(let add):
      columns[add.table, default: [:]][add.column.name] = Origin(created: id, shaped: id)
    case .dropColumn(let drop): columns[drop.table]?[drop.column.name] = nil
    case .alterColumn(let alter): columns[alter.table]?[alter.before.name]?.shaped = id
    case .renameColumn(let rename):
      var origin = columns[rename.table]?.removeValue(forKey: rename.name)
      origin?.shaped = id
      columns[rename.table]?[rename.newName] = origin
    default: break
    }
  }
}
