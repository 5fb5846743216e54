import FoundationEssentials
import GRDB
import Glibc
import SchemaModel

@testable import Importers

/// A folder of its own for one test, gone with the value.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/strata-importers-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: Disk.parent(of: file), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }

  func program(_ text: String, named name: String) throws -> String {
    let file = try write(text, to: name)
    chmod(file, 0o755)
    return file
  }
}

extension RevisionDraft {
  init(
    _ id: RevisionID, after parents: [RevisionID] = [], dependsOn: [RevisionID] = [],
    labels: [String] = []
  ) {
    self.init(
      id: id, parents: parents, dependsOn: dependsOn, labels: labels,
      source: SourceFile(format: .alembic, path: "\(id).py", up: []))
  }
}

/// What a body throws, as people read it.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "(no error)"
  } catch {
    return "\(error)"
  }
}

/// SQLite through GRDB, with a schema of names only: enough to see what ran where.
final class NamesScratch: ScratchDatabase {
  let ledger: Ledger
  let folder: TemporaryFolder
  private var isLive = true

  init(_ ledger: Ledger) throws {
    self.ledger = ledger
    folder = try TemporaryFolder()
    ledger.live += 1
    ledger.liveMax = max(ledger.liveMax, ledger.live)
  }

  var file: String { folder.path + "/scratch.db" }
  var url: String { "sqlite:///" + file }

  func run(script: String, inTransaction: Bool) throws -> [ExecutedStatement] {
    let queue = try DatabaseQueue(path: file)
    if inTransaction {
      try queue.write { try $0.execute(sql: script) }
    } else {
      try queue.writeWithoutTransaction { try $0.execute(sql: script) }
    }
    return [ExecutedStatement(sql: script)]
  }

  func names() throws -> [String] {
    try DatabaseQueue(path: file).read {
      try String.fetchAll(
        $0,
        sql:
          "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'alembic%' AND name NOT LIKE 'sqlite%' ORDER BY 1"
      )
    }
  }

  func capture(after before: Capture, statements: [ExecutedStatement]) throws -> Capture {
    var schema = Schema()
    for name in try names() {
      schema.put(SchemaObject(.table(Table(columns: []))), at: .table(name))
    }
    return Capture(schema: schema)
  }

  func keepOut(runnerTable name: String) {}

  func copy() throws -> NamesScratch {
    let copy = try NamesScratch(ledger)
    ledger.copies += 1
    if FileManager.default.fileExists(atPath: file) {
      try FileManager.default.copyItem(atPath: file, toPath: copy.file)
    }
    return copy
  }

  func discard() {
    if isLive { ledger.live -= 1 }
    isLive = false
  }
}

final class Ledger {
  var live = 0
  var liveMax = 0
  var made = 0
  var copies = 0
}

struct NamesEngine: Engine {
  let ledger = Ledger()
  var dialect: Dialect { Dialect("sqlite") }

  func makeScratch() throws -> NamesScratch {
    ledger.made += 1
    return try NamesScratch(ledger)
  }
}

extension Capture {
  var names: [String] { schema.paths.map(\.name) }
}

/// A Python with Alembic, made once and kept; nil where it cannot be had.
enum AlembicPython {
  static let executable: String? = find()

  private static func find() -> String? {
    guard let home = Environment.current["HOME"] else { return nil }
    let folder = home + "/.cache/strata/venv-alembic"
    let python = folder + "/bin/python"
    if works(python) { return python }
    let steps = [
      ("python3", ["-m", "venv", folder]),
      (python, ["-m", "pip", "install", "-q", "alembic", "sqlalchemy"]),
    ]
    for (program, arguments) in steps {
      guard let process = try? Subprocess(program, arguments),
        (try? process.readToEnd(limit: .seconds(300))) != nil, process.finish() == 0
      else { return nil }
    }
    return works(python) ? python : nil
  }

  private static func works(_ python: String) -> Bool {
    guard Disk.isExecutable(python),
      let process = try? Subprocess(python, ["-c", "import alembic, sqlalchemy"]),
      (try? process.readToEnd(limit: .seconds(60))) != nil
    else { return false }
    return process.finish() == 0
  }
}

/// Runs a program to its end.
func output(_ program: String, _ arguments: [String]) throws -> (code: Int32, text: String) {
  let process = try Subprocess(program, arguments)
  let bytes = try process.readToEnd(limit: .seconds(60))
  let code = process.finish()
  return (code, String(decoding: bytes, as: UTF8.self) + process.errorOutput)
}
