import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat

extension Rows {
  /// More of them for a profiler.
  static let rounds = ProcessInfo.processInfo.environment["STRATA_BENCHMARK_ROUNDS"]
    .flatMap(Int.init)

  /// Nanoseconds of asking for one table at a random revision, and of one raw `mdb_get` of a
  /// random object.
  private func oneTable(
    _ made: (history: History, ids: [RevisionID], tables: [ObjectPath])
  ) throws -> (ours: Double, raw: Double) {
    var random = SeededRandom(seed: 21)
    let raw = try RawLMDB(made.history.directory + "/log", isLockless: true)
    var found = 0
    var bytes = 0
    var questions: [(RevisionID, ObjectPath)] = []
    var keys: [[UInt8]] = []
    let store = try Store.open(at: made.history.directory)
    var objects: [ContentHash] = []
    try store.read { log in
      // Any version of any table, as the questions ask for: none twice.
      try log.forEachNode { hash, bytes in
        if let hash, bytes.first == NodeKind.object.rawValue { objects.append(hash) }
        return true
      }
    }
    while questions.count < (Self.rounds ?? 20) * 1000 {
      guard let id = random.pick(made.ids), let path = random.pick(made.tables) else { break }
      guard let key = random.pick(objects), try made.history.object(path, at: id) != nil else {
        continue
      }
      questions.append((id, path))
      keys.append(key.withNodeKey { Array($0) })
    }
    let chunk = 1000
    var ours: [Double] = []
    var theirs: [Double] = []
    for start in stride(from: 0, to: questions.count, by: chunk) {
      // Different objects on either side: neither finds its pages warmed by the other.
      func asked() throws {
        ours.append(
          try time {
            for (id, path) in questions[start..<start + chunk] {
              if try made.history.object(path, at: id) != nil { found += 1 }
            }
          }.nanoseconds / Double(chunk))
      }
      func got() throws {
        theirs.append(
          try time {
            try raw.read { transaction in
              for key in keys[start..<start + chunk] {
                bytes += Int(
                  key.withUnsafeBytes { raw.get(transaction, 3, $0).first ?? 0 })
              }
            }
          }.nanoseconds / Double(chunk))
      }
      if start / chunk % 2 == 0 { try asked(); try got() } else { try got(); try asked() }
    }
    guard found == questions.count else { throw BenchmarkError("a table was not found") }
    return (median(ours), median(theirs))
  }

  /// Nanoseconds of asking for the whole schema at random revisions of the history's later half,
  /// and of fetching the same values raw into one buffer.
  private func wholeSchema(
    _ made: (history: History, ids: [RevisionID], tables: [ObjectPath]), rounds: Int = 40
  ) throws -> (ours: Double, raw: Double, count: Int) {
    var random = SeededRandom(seed: 22)
    let raw = try RawLMDB(made.history.directory + "/log", isLockless: true)
    let store = try Store.open(at: made.history.directory)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 20, alignment: 8)
    defer { buffer.deallocate() }
    var count = 0
    var ours: [Double] = []
    var theirs: [Double] = []
    for round in 0..<(Self.rounds ?? 500) {
      let half = made.ids.count / 2
      let id = made.ids[half + random.below(made.ids.count - half)]
      var keys: [[UInt8]] = []
      try store.read { log in
        guard let entry = try log.entry(id) else { return }
        try SnapshotTree.forEach(root: entry.snapshot, in: log) { keys.append($0.content.bytes) }
      }
      func asked() throws {
        // Giving the memory back is not part of the question.
        let (nanoseconds, schema) = try time { try made.history.schema(at: id) }
        ours.append(nanoseconds)
        count = schema.objects.count
      }
      func got() throws {
        var offset = 0
        theirs.append(
          try time {
            try raw.read { transaction in
              for key in keys {
                let value = key.withUnsafeBytes { raw.get(transaction, 3, $0) }
                UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]).copyMemory(from: value)
                offset += value.count
              }
            }
          }.nanoseconds)
      }
      if round % 2 == 0 { try asked(); try got() } else { try got(); try asked() }
    }
    return (median(ours), median(theirs), count)
  }

  func questions() throws -> [Row] {
    let made = try histories.generated(revisions: 10_000, tables: 1000, operations: 10)
    let table = try oneTable(made)
    let whole = try wholeSchema(made)
    return [
      Row(
        what: "one table at any of 10,000 revisions; one raw `mdb_get` of such a value",
        ours: duration(table.ours), theirs: duration(table.raw), ratio: table.ours / table.raw,
        bar: 10),
      Row(
        what: "the whole schema of 1,000 tables (\(whole.count) objects) at any revision; "
          + "fetching the same values raw",
        ours: duration(whole.ours), theirs: duration(whole.raw), ratio: whole.ours / whole.raw,
        bar: 6),
    ]
  }

  func length() throws -> [Row] {
    let short = try histories.wide(tables: 1000, revisions: 1000, changed: 2)
    let long = try histories.wide(tables: 1000, revisions: 100_000, changed: 2)
    var tables: [[Double]] = [[], []]
    var gets: [[Double]] = [[], []]
    var schemas: [[Double]] = [[], []]
    for _ in 0..<3 {
      tables[0].append(try oneTable(short).ours)
      tables[1].append(try oneTable(long).ours)
      gets[0].append(try getsOfOneTable(short))
      gets[1].append(try getsOfOneTable(long))
      schemas[0].append(try wholeSchema(short, rounds: 20).ours)
      schemas[1].append(try wholeSchema(long, rounds: 20).ours)
    }
    let one = tables.map(median)
    let whole = schemas.map(median)
    let raw = gets.map(median)
    return [
      Row(
        what: "one table, at 100,000 revisions; at 1,000", ours: duration(one[1]),
        theirs: duration(one[0]), ratio: one[1] / one[0], bar: 1.3),
      Row(
        what: "the raw `mdb_get`s of such a question alone, the same keys, at 100,000 revisions; "
          + "at 1,000", ours: duration(raw[1]), theirs: duration(raw[0]), ratio: raw[1] / raw[0],
        bar: nil),
      Row(
        what: "the whole schema, at 100,000 revisions; at 1,000", ours: duration(whole[1]),
        theirs: duration(whole[0]), ratio: whole[1] / whole[0], bar: 1.3),
    ]
  }

  /// Two revisions, one after the other, that differ in ten tables.
  func differences() throws -> [Row] {
    var rows: [Row] = []
    for tables in [100, 1000, 10_000] {
      let made = try histories.wide(tables: tables, revisions: 1000, changed: 10)
      let raw = try oneTable(made).raw
      var random = SeededRandom(seed: 31)
      var times: [Double] = []
      for _ in 0..<(Self.rounds ?? 500) {
        let index = random.below(made.ids.count - 1)
        let (nanoseconds, operations) = try time {
          try made.history.diff(from: made.ids[index], to: made.ids[index + 1])
        }
        guard operations.count == 20 else {
          throw BenchmarkError("expected 20 operations, found \(operations.count)")
        }
        times.append(nanoseconds)
      }
      let ours = median(times)
      rows.append(
        Row(
          what: "diff of two revisions that differ in 10 of \(tables) tables; one raw `mdb_get`",
          ours: duration(ours), theirs: duration(raw), ratio: ours / raw, bar: 100))
    }
    return rows
  }
}
