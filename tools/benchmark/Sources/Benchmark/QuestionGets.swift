import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat

extension Rows {
  /// Nanoseconds of the raw gets that one question for a table at a random revision needs, the keys
  /// known beforehand: what is left of it where all else costs nothing.
  func getsOfOneTable(
    _ made: (history: History, ids: [RevisionID], tables: [ObjectPath])
  ) throws -> Double {
    var random = SeededRandom(seed: 21)
    let raw = try RawLMDB(made.history.directory + "/log", isLockless: true)
    let store = try Store.open(at: made.history.directory)
    var questions: [[(database: Int, key: [UInt8])]] = []
    try store.read { log in
      while questions.count < 20_000 {
        guard let id = random.pick(made.ids), let path = random.pick(made.tables),
          let root = try log.root(of: id)
        else { break }
        let nodes = SeenNodes(log: log)
        guard let content = try SnapshotTree.content(at: path, root: root, in: nodes) else {
          continue
        }
        let hashes = nodes.seen.hashes + [content]
        questions.append(
          [(2, Array(id.text.utf8))] + hashes.map { (3, $0.withNodeKey { Array($0) }) })
      }
    }
    var times: [Double] = []
    var sum = 0
    // Once before it counts, as the questions are asked once before theirs do.
    for isCounted in [false, true] {
      for start in stride(from: 0, to: questions.count, by: 1000) {
        let chunk = questions[start..<min(start + 1000, questions.count)]
        let nanoseconds = try time {
          try raw.read { transaction in
            for question in chunk {
              for (database, key) in question {
                let value = key.withUnsafeBytes { raw.get(transaction, database, $0) }
                sum &+= Int(value.first ?? 0) &+ Int(value.last ?? 0)
              }
            }
          }
        }.nanoseconds
        if isCounted { times.append(nanoseconds / Double(chunk.count)) }
      }
    }
    guard sum != 0 else { throw BenchmarkError("nothing was found") }
    return median(times)
  }
}

/// A log that notes which nodes are read.
private struct SeenNodes: NodeReader {
  final class Seen {
    var hashes: [ContentHash] = []
  }

  let log: LogReader
  let seen = Seen()

  func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    seen.hashes.append(hash)
    return try log.withNode(hash, body)
  }
}
