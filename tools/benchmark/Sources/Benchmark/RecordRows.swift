import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel

extension Rows {
  /// 100,000 operations in 10,000 revisions over 1,000 tables, 100 revisions a transaction.
  func recordMany() throws -> [Row] {
    var generator = HistoryGenerator(.init(seed: 7, tableCount: 1000, operationCount: 10))
    var batches: [[Recording]] = []
    for _ in 0..<100 { batches.append(try generator.next(100).map(Recording.init)) }
    let operations = batches.joined().reduce(0) { count, recording in
      guard case .operations(let operations) = recording.change else { return count }
      return count + operations.count
    }
    var ours: [Double] = []
    var raw: [Double] = []
    var written: [[Put]] = []
    for round in 0..<3 {
      let path = "\(histories.directory)/record-\(round)"
      let history = try History.create(at: path, dialect: Dialect("sqlite"), by: "benchmark")
      var puts = round == 0 ? try LogPuts(path) : nil
      if puts != nil { written.append(try puts?.next() ?? []) }
      var total = 0.0
      for batch in batches {
        total += try time { try history.record(batch, by: "benchmark") }.nanoseconds
        if let new = try puts?.next() { written.append(new) }
      }
      ours.append(total)
      let environment = try RawLMDB(path + ".raw")
      raw.append(
        try time { for puts in written.dropFirst() { try environment.write(puts) } }.nanoseconds)
      try? FileManager.default.removeItem(atPath: path)
      try? FileManager.default.removeItem(atPath: path + ".raw")
    }
    let bytes = written.joined().reduce(0) { $0 + $1.byteCount }
    report("  \(operations) operations, \(written.joined().count) puts, \(bytes >> 20) MiB")
    let (a, b) = (median(ours), median(raw))
    return [
      Row(
        what: "record \(operations) operations in 10,000 revisions over 1,000 tables, "
          + "100 revisions a transaction; raw LMDB, the same keys and values",
        ours: duration(a), theirs: duration(b), ratio: a / b, bar: 3)
    ]
  }

  /// One durable revision of a few operations.
  func recordOne() throws -> [Row] {
    var generator = HistoryGenerator(.init(seed: 8, tableCount: 1000, operationCount: 10))
    let path = "\(histories.directory)/record-one"
    let history = try History.create(at: path, dialect: Dialect("sqlite"), by: "benchmark")
    try history.record(try generator.next(1000).map(Recording.init), by: "benchmark")
    var puts = try LogPuts(path)
    let environment = try RawLMDB(path + ".raw")
    try environment.write(try puts.next())
    var random = SeededRandom(seed: 3)
    var head = try history.head()
    var ours: [Double] = []
    var raw: [Double] = []
    for number in 0..<300 {
      let tables = generator.schema.paths.filter { $0.kind == .table }
      guard let path = random.pick(tables) else { break }
      let column = Column(name: "added_\(number)", type: "TEXT")
      let draft = RevisionDraft(
        id: RevisionID("one\(number)"), parents: [head], author: "Ada Lovelace",
        message: "adds a column")
      let recording = Recording(
        draft: draft,
        change: .operations([
          .addColumn(AddColumn(table: path, column: column, position: 1))
        ]))
      ours.append(try time { try history.record([recording], by: "benchmark") }.nanoseconds)
      let new = try puts.next()
      raw.append(try time { try environment.write(new) }.nanoseconds)
      head = draft.id
    }
    let (a, b) = (median(ours), median(raw))
    return [
      Row(
        what: "one durable `record` of a revision with one operation; "
          + "one raw durable commit of the same bytes",
        ours: duration(a), theirs: duration(b), ratio: a / b, bar: 1.5)
    ]
  }

  private static let diskRevisions = 4000

  /// What a revision costs on disk, by the size of the schema around it.
  func diskBytes() throws -> [Row] {
    var perRevision: [Double] = []
    for tables in [10, 1000] {
      let name = "disk-\(tables)"
      let path = "\(histories.directory)/\(name)"
      let history = try History.create(at: path, dialect: Dialect("sqlite"), by: "benchmark")
      var wide = WideHistory(tables: tables)
      var random = SeededRandom(seed: 5)
      try history.record([Recording(wide.first())], by: "benchmark")
      let before = try history.statistics().logByteCount
      for _ in 0..<Self.diskRevisions {
        try history.record([Recording(try wide.next(changed: 2, &random))], by: "benchmark")
      }
      let after = try history.statistics().logByteCount
      perRevision.append(Double(after - before) / Double(Self.diskRevisions))
    }
    return [
      Row(
        what: "bytes on disk a revision that changes two tables: of 1,000 tables; of 10",
        ours: "\(Int(perRevision[1])) bytes", theirs: "\(Int(perRevision[0])) bytes",
        ratio: perRevision[1] / perRevision[0], bar: 1.5)
    ]
  }
}
