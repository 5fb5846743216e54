import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel

/// A generated history in a directory of its own.
final class LawBed {
  let directory: String
  let history: History
  private(set) var ids: [RevisionID] = []
  /// Every operation in the order of recording, by revision.
  private(set) var operations: [RevisionID: [SchemaModel.Operation]] = [:]
  private(set) var parents: [RevisionID: [RevisionID]] = [:]

  init(_ options: HistoryGenerator.Options, revisions: Int, batch: Int = 100) throws {
    directory = NSTemporaryDirectory() + "strata-laws-\(UUID().uuidString)"
    history = try History.create(at: directory, dialect: Dialect("sqlite"), by: "laws")
    var generator = HistoryGenerator(options)
    while ids.count < revisions {
      let made = try generator.next(min(batch, revisions - ids.count))
      try history.record(
        made.map { Recording(draft: $0.draft, change: .operations($0.operations)) }, by: "laws")
      for revision in made {
        ids.append(revision.draft.id)
        operations[revision.draft.id] = revision.operations
        parents[revision.draft.id] = revision.draft.parents
      }
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// The line of first parents up to a revision, oldest first.
  func line(to id: RevisionID) -> [RevisionID] {
    var line: [RevisionID] = []
    var next: RevisionID? = id
    while let id = next {
      line.append(id)
      next = parents[id]?.first
    }
    return line.reversed()
  }

  /// The answers that must be the same before a truncation, after it and after a restore.
  struct Answers: Equatable {
    var schemas: [RevisionID: Fingerprint] = [:]
    var differences: [String] = []
    var blames: [String] = []
    var log: [String] = []
    var audit: [String] = []
  }

  func answers(seed: UInt64) throws -> Answers {
    var random = SeededRandom(seed: seed)
    var answers = Answers()
    for id in ids { answers.schemas[id] = try history.fingerprint(at: id) }
    for _ in 0..<12 {
      guard let a = random.pick(ids), let b = random.pick(ids) else { break }
      answers.differences += try history.diff(from: a, to: b).map { "\(a) \(b) \($0)" }
      let schema = try history.schema(at: a)
      guard let table = random.pick(schema.paths.filter { $0.kind == .table }) else { continue }
      answers.blames += try history.blame(table, at: a).map {
        "\(table) \($0.part) \($0.name) \($0.text) \($0.shaped.id) \($0.created.id)"
      }
    }
    answers.log = try history.log(LogFilter()).map { "\($0.id) \($0.revision.message)" }
    answers.audit = try history.audit(AuditFilter()).map {
      "\($0.sequence) \($0.kind) \($0.summary)"
    }
    .filter { !$0.contains("truncate") && !$0.contains("restore") }
    return answers
  }
}
