import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel

extension Rows {
  /// The command line, as `tools/strata` builds it.
  static func commandLine() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["STRATA_BENCHMARK_HOME"] ?? FileManager.default.currentDirectoryPath
    let path = environment["STRATA_BENCHMARK_CLI"] ?? home + "/../../.build/release/strata"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw BenchmarkError(
        "expected the command line at \(path); build it: tools/strata --version")
    }
    return path
  }

  /// One table's text at a revision: of a store, and of a git repository with a file a table.
  func command() throws -> [Row] {
    let strata = try Self.commandLine()
    let made = try histories.wide(tables: 1000, revisions: 1000, changed: 2)
    let repository = histories.directory + "/repository"
    let commits = try GitHistory.make(repository, tables: 1000, revisions: 1000, changed: 2)
    var random = SeededRandom(seed: 41)
    var ours: [Double] = []
    var theirs: [Double] = []
    for round in 0..<200 {
      let index = random.below(made.ids.count)
      guard let table = random.pick(made.tables), let commit = commits[made.ids[index]] else {
        throw BenchmarkError("revision \(made.ids[index]) is not in the repository")
      }
      func asked() throws {
        ours.append(
          try time {
            try spawn([
              strata, "--store", made.history.directory, "schema", table.name, "--at",
              made.ids[index].text,
            ])
          }.nanoseconds)
      }
      func got() throws {
        theirs.append(
          try time {
            try spawn(["/usr/bin/git", "-C", repository, "show", "\(commit):\(table.name).sql"])
          }.nanoseconds)
      }
      if round % 2 == 0 { try asked(); try got() } else { try got(); try asked() }
    }
    let (a, b) = (median(ours), median(theirs))
    return [
      Row(
        what:
          "`strata schema TABLE --at REV`, whole process; `git show REV:FILE`, one file a table",
        ours: duration(a), theirs: duration(b), ratio: a / b, bar: 2.5)
    ]
  }

  /// langflow's schema at head, made in an empty file.
  func baseline() throws -> [Row] {
    let strata = try Self.commandLine()
    let corpus = try Corpus.langflow()
    let directory = histories.directory + "/langflow"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    let store = directory + "/store"
    try spawn([strata, "--store", store, "init"])
    report("importing langflow ...")
    try spawn([
      strata, "--store", store, "import", "alembic", corpus.versions, "--python", corpus.python,
    ])
    let script = directory + "/baseline.sql"
    try spawn([strata, "--store", store, "baseline", "-o", script])
    // One transaction around the very statements, and nothing else.
    let text = try String(contentsOfFile: script, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !["BEGIN;", "COMMIT;", "BEGIN TRANSACTION;"].contains($0.uppercased()) }
    try ("BEGIN;\n" + lines.joined(separator: "\n") + "\nCOMMIT;\n").write(
      toFile: script, atomically: true, encoding: .utf8)
    let target = directory + "/made.db"
    func fresh() {
      for suffix in ["", "-wal", "-shm", "-journal"] { unlink(target + suffix) }
    }
    var ours: [Double] = []
    var theirs: [Double] = []
    for round in 0..<60 {
      func asked() throws {
        fresh()
        ours.append(
          try time {
            try spawn([strata, "--store", store, "baseline", "--into", "sqlite:///" + target])
          }.nanoseconds)
      }
      func got() throws {
        fresh()
        theirs.append(
          try time { try spawn(["/usr/bin/sqlite3", target], input: script) }.nanoseconds)
      }
      if round % 2 == 0 { try asked(); try got() } else { try got(); try asked() }
    }
    var alembic: [Double] = []
    for _ in 0..<3 {
      fresh()
      alembic.append(
        try time {
          try spawn(
            [
              corpus.python, corpus.upgrade, "--versions", corpus.versions, "--url",
              "sqlite:///" + target,
            ])
        }.nanoseconds)
    }
    let (a, b, c) = (median(ours), median(theirs), median(alembic))
    return [
      Row(
        what: "`strata baseline --into` a new file (langflow head), whole process; `sqlite3` with "
          + "the same statements in one transaction", ours: duration(a), theirs: duration(b),
        ratio: a / b, bar: 1.2),
      Row(
        what: "`strata baseline --into` (langflow head); `alembic upgrade heads`, times faster",
        ours: duration(a), theirs: duration(c), ratio: c / a, bar: 100, isAtLeast: true),
    ]
  }
}

/// A real history, where `tools/corpus/fetch` has put it.
struct Corpus {
  var versions: String
  var path: String
  var python: String
  var upgrade: String

  static func langflow() throws -> Corpus {
    let environment = ProcessInfo.processInfo.environment
    let root = (environment["HOME"] ?? "") + "/.cache/strata/corpus/langflow-base-1.13.0"
    let home = environment["STRATA_BENCHMARK_HOME"] ?? FileManager.default.currentDirectoryPath
    let corpus = Corpus(
      versions: root + "/src/langflow/alembic/versions", path: root + "/src",
      python: root + "/venv/bin/python",
      upgrade: home + "/../corpus/upgrade.py")
    guard FileManager.default.fileExists(atPath: corpus.versions) else {
      throw BenchmarkError(
        "expected langflow at \(root); fetch it: tools/corpus/fetch langflow-base==1.13.0")
    }
    return corpus
  }
}

/// The same history in git: a commit a revision, a file a table.
enum GitHistory {
  static func make(
    _ repository: String, tables: Int, revisions: Int, changed: Int
  ) throws -> [RevisionID: String] {
    var random = SeededRandom(seed: 11)
    var wide = WideHistory(tables: tables)
    var stream = ""
    var ids: [RevisionID] = []
    var schema = Schema()
    func add(_ revision: GeneratedRevision) throws {
      try schema.fold(revision.operations)
      ids.append(revision.draft.id)
      stream += "commit refs/heads/main\nmark :\(ids.count)\n"
      stream += "committer A <a@example.org> \(1_700_000_000 + ids.count) +0000\n"
      stream += "data \(revision.draft.message.utf8.count)\n\(revision.draft.message)\n"
      for path in Set(revision.operations.flatMap(\.subjects)).sorted() {
        guard let text = schema.objects[path]?.text else { continue }
        stream += "M 100644 inline \(path.name).sql\ndata \(text.utf8.count)\n\(text)\n"
      }
    }
    try add(wide.first())
    for _ in 0..<revisions { try add(try wide.next(changed: changed, &random)) }
    let file = repository + ".stream"
    let marks = repository + ".marks"
    try stream.write(toFile: file, atomically: true, encoding: .utf8)
    let git = "/usr/bin/git"
    try spawn([git, "init", "-q", "-b", "main", repository])
    try spawn(
      [git, "-C", repository, "fast-import", "--quiet", "--export-marks=\(marks)"], input: file)
    try spawn([git, "-C", repository, "gc", "-q"])
    var commits: [RevisionID: String] = [:]
    for line in try String(contentsOfFile: marks, encoding: .utf8).split(separator: "\n") {
      let words = line.dropFirst().split(separator: " ")
      guard words.count == 2, let mark = Int(words[0]), ids.indices.contains(mark - 1) else {
        continue
      }
      commits[ids[mark - 1]] = String(words[1])
    }
    return commits
  }
}
