// What the crash tests stop in the middle: one command of the library in a process of its own.
//   CrashChild record|truncate|restore|rebuild|compact|verify|salvage STORE [FOLDER]
//   CrashChild loop STORE NAME      records until it is killed; says so at each one
//
// Without Foundation: it is started thousands of times, and loading ICU takes longer than the rest.
import SchemaHistory
import SchemaModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

func say(_ text: String) {
  let line = Array((text + "\n").utf8)
  _ = write(STDERR_FILENO, line, line.count)
}

func recording(_ name: String, on parents: [RevisionID]) -> Recording {
  var table = Table(columns: [
    Column(name: "id", type: "INTEGER"), Column(name: "name", type: "TEXT"),
  ])
  table.definition = "CREATE TABLE \(name) (id INTEGER, name TEXT)"
  let path = ObjectPath.table(name)
  return Recording(
    draft: RevisionDraft(
      id: RevisionID(name), parents: parents,
      source: SourceFile(format: .sql, path: "\(name).sql", up: Array("-- \(name)".utf8))),
    change: .operations([
      .createObject(CreateObject(path: path, object: SchemaObject(.table(table))))
    ]), expectedParents: parents)
}

/// Doing what was done already is success, so that a second try can be told from a failure.
func perform(_ action: String, _ history: History, _ folder: String?) throws {
  switch action {
  case "record":
    let heads = try history.heads()
    guard heads != ["crash_2"] else { return }
    try history.record(
      [recording("crash_1", on: heads), recording("crash_2", on: ["crash_1"])].map {
        var recording = $0
        recording.expectedParents = nil
        return recording
      }, by: "child")
    try history.followLog()
  case "truncate":
    guard try history.segments().isEmpty else { return }
    let ids = try history.graph().entries.map(\.id)
    let plan = try history.planTruncation(at: ids[ids.count / 2])
    var change: FolderChange?
    if let folder {
      let remove = plan.sources.map { (ExactText($0.source.path), $0.source.up) }
      change = FolderChange(
        format: .sql, directory: folder, add: ["0000_baseline.sql": Array("-- all of it".utf8)],
        remove: Dictionary(remove) { $1 })
    }
    try history.truncate(plan, folder: change, reason: "test", by: "child")
  case "restore":
    guard try !history.segments().isEmpty else { return }
    // The folder is where this copy of the place is, not where the first one was.
    try history.restore(try history.planRestore(), directory: folder, by: "child")
  case "rebuild": try history.rebuild()
  case "compact": _ = try history.compact()
  default: throw HistoryError.unusableName(action, what: "an action", why: "it is unknown")
  }
}

func loop(_ store: String, _ name: String) throws {
  let history = try History.open(at: store)
  var number = 0
  while true {
    let heads = try history.heads()
    do {
      number += 1
      let id = "\(name)_\(getpid())_\(number)"
      try history.record([recording(id, on: heads)], by: name)
    } catch HistoryError.conflict {
      continue
    }
  }
}

let arguments = CommandLine.arguments
do {
  guard arguments.count >= 3 else { exit(2) }
  switch arguments[1] {
  case "salvage":
    let target = arguments[2] + "/../salvaged"
    let report = try History.salvage(at: arguments[2], to: target, by: "child")
    for loss in report.losses { say("\(loss.place): \(loss.message)") }
    exit(report.isWhole ? 0 : 3)
  case "verify":
    let report = try History.verify(at: arguments[2], full: true)
    for finding in report.findings {
      say("\(finding.severity.rawValue) \(finding.place): \(finding.message)")
    }
    exit(report.isDamaged ? 3 : 0)
  case "loop": try loop(arguments[2], arguments.count > 3 ? arguments[3] : "loop")
  default:
    try perform(
      arguments[1], History.open(at: arguments[2]), arguments.count > 3 ? arguments[3] : nil)
  }
} catch {
  say("\(error)")
  exit(1)
}
