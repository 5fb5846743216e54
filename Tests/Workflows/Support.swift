import FoundationEssentials
import Synchronization

@testable import Workflows

/// A folder of its own for one test, gone with the value.
final class TestFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/strata-workflows-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    let file = URL(filePath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path + "/" + name)), as: UTF8.self)
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + name)
  }

  func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)
      .filter { !$0.hasPrefix("_") }.sorted()
  }

  /// Every file below a folder with its text, and every folder, which ends with a slash.
  func tree(_ folder: String) throws -> [String: String] {
    let root = path + "/" + folder
    var found: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isFolder)
      found[isFolder ? name + "/" : name] =
        isFolder ? "" : try text(folder + "/" + name)
    }
    return found
  }

  /// Three migrations of SQL: two tables, a row, a rename.
  func writeMigrations(_ row: String = "INSERT INTO roles VALUES ('admin')") throws {
    try write("CREATE TABLE roles (name TEXT PRIMARY KEY);\n\(row);\n", to: "m/001_roles.sql")
    try write("CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT);\n", to: "m/002_users.sql")
    try write("ALTER TABLE users RENAME COLUMN mail TO email;\n", to: "m/003_email.sql")
  }
}

/// Keeps all that it hears.
final class Listening: ProgressListener {
  private let lines = Mutex<[String]>([])

  var heard: [String] { lines.withLock { $0 } }

  func heard(_ progress: WorkProgress) {
    lines.withLock {
      $0.append("\(progress.title) \(progress.done)/\(progress.total) \(progress.detail)")
    }
  }
  func heardEnd() { lines.withLock { $0.append("end") } }
  func heard(warning: String) { lines.withLock { $0.append("warning: \(warning)") } }
  func heard(notice: String) { lines.withLock { $0.append("notice: \(notice)") } }
}

/// Says the same word to every question, and keeps the questions.
final class Answering: Respondent {
  private let word: String
  private let texts = Mutex<[String]>([])

  init(_ word: String) { self.word = word }

  var questions: [String] { texts.withLock { $0 } }

  func answer<Choice>(_ question: Question<Choice>) -> Choice? {
    texts.withLock { $0.append(question.text) }
    return question.answers.first { $0.words.contains(word) }?.choice
  }
}

/// What a body throws.
func failure(_ body: () throws -> Void) -> WorkflowError? {
  do {
    try body()
    return nil
  } catch {
    return error as? WorkflowError
  }
}

/// A Python with Alembic, where tools/test has made one.
enum AlembicPython {
  static let path: String? = {
    let environment = ProcessInfo.processInfo.environment
    let named = environment["STRATA_TEST_PYTHON"]
    let path = named ?? (environment["HOME"] ?? "") + "/.cache/strata/venv-alembic/bin/python"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()
}

/// The programs that tests hold Strata against.
enum Programs {
  /// dbmate, where tools/test has put it beside Alembic.
  static let dbmate: String? = AlembicPython.path.flatMap { python in
    let path = python.dropLast(python.split(separator: "/").last?.count ?? 0) + "dbmate"
    return FileManager.default.isExecutableFile(atPath: String(path)) ? String(path) : nil
  }
}
