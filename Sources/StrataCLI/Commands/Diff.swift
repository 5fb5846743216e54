import ArgumentParser
import SchemaHistory
import SchemaModel

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "What changed between two revisions.",
    discussion: """
      text is one line an operation; sql shows the engine's own text of each changed object, before \
      and after; stat counts. With --exit-code the command ends with 1 where there is a difference. \
      STORE:REV names a revision of another store, so that two histories can be compared.

      Example:
        strata diff v1.0 v1.1
        strata diff head~1 --format sql --object users
        strata diff head ../squashed/.strata:head --data
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, sql, json, stat }

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The older revision.", valueName: "a"))
  var from: String
  @Argument(help: ArgumentHelp("The newer revision; head without it.", valueName: "b"))
  var to: String?
  @Option(help: ArgumentHelp("Only what concerns it.", valueName: "object"))
  var object: String?
  @Option(help: "The form: text, sql, json, stat.")
  var format: Format = .text
  @Flag(help: "Also the rows that the migrations left behind, table by table (text, json).")
  var data = false
  @Flag(help: "End with 1 where there is a difference.")
  var exitCode = false

  func run() throws {
    let history = try location.openForReading()
    let a = try RevisionPlace(from, in: history)
    let b = try RevisionPlace(to, in: history)
    var operations = try a.diff(to: b)
    if let object {
      let name = try named(object, a, b)
      operations = operations.filter { OperationScope($0).concerns(name) }
    }
    let rows = data ? try a.rowDifferences(to: b) : []
    switch format {
    case .text:
      Console.print(
        Self.visible(operations).map { OperationLine($0).line }
          + rows.map { Style.changed("~ \($0)") })
    case .sql: Console.print(try texts(operations, a, b))
    case .stat: Console.print(DiffStatistics(operations).lines)
    case .json:
      Console.write(
        document: JSONValue.object([
          ("from", .text(a.id.text)), ("to", .text(b.id.text)),
          ("operations", .list(operations.map(RevisionDocument.operation))),
          ("rows", data ? .list(rows.map(Self.document)) : .null),
        ]).document + "\n")
    }
    if exitCode, !operations.isEmpty || !rows.isEmpty {
      throw ExitCode(ExitStatus.different.rawValue)
    }
  }

  private static func document(_ rows: RowDifference) -> JSONValue {
    .object([
      ("table", .text(rows.table.description)), ("removed", .integer(rows.removedCount)),
      ("added", .integer(rows.addedCount)),
    ])
  }

  private func named(
    _ object: String, _ a: RevisionPlace, _ b: RevisionPlace
  ) throws -> ObjectName {
    do {
      return try b.history.object(named: object, at: b.id)
    } catch {
      // What was dropped in between is known only before.
      if let old = try? a.history.object(named: object, at: a.id) { return old }
      throw error
    }
  }

  /// A rewritten text says nothing more where the same table's changes are shown, nor do other
  /// dependencies.
  static func visible(_ operations: [SchemaModel.Operation]) -> [SchemaModel.Operation] {
    var told: Set<ObjectPath> = []
    for operation in operations {
      if isAside(operation) || operation.isAidOnly { continue }
      told.formUnion(operation.subjects)
    }
    return operations.filter {
      !$0.isAidOnly && (!isAside($0) || told.isDisjoint(with: $0.subjects))
    }
  }

  private static func isAside(_ operation: SchemaModel.Operation) -> Bool {
    switch operation {
    case .rewriteText: true
    case .annotateObject(let change): change.isOrderOnly
    default: false
    }
  }

  /// Every changed object as a unified diff of the engine's text.
  private func texts(
    _ operations: [SchemaModel.Operation], _ a: RevisionPlace, _ b: RevisionPlace
  ) throws -> [Line] {
    let words = try a.history.words()
    var oldPath: [ObjectPath: ObjectPath] = [:]
    for case .renameObject(let change) in operations {
      oldPath[change.newPath] = oldPath.removeValue(forKey: change.path) ?? change.path
    }
    let gone = Set(oldPath.values)
    let subjects = Set(operations.flatMap(\.subjects))
    var lines: [Line] = []
    for path in subjects.sorted() {
      let new = try b.history.object(path, at: b.id)
      if new == nil, gone.contains(path) { continue }
      let before = oldPath[path] ?? path
      let old = try a.history.object(before, at: a.id)
      let texts = (
        old.flatMap { $0.text ?? words.text(before, $0) },
        new.flatMap { $0.text ?? words.text(path, $0) }
      )
      let difference = LineDiff.lines(from: Self.lines(texts.0), to: Self.lines(texts.1))
      guard !difference.isEmpty else { continue }
      lines.append(Style.strong("--- " + (old == nil ? "nothing" : "\(before)")))
      lines.append(Style.strong("+++ " + (new == nil ? "nothing" : "\(path)")))
      lines += difference.map(Self.colored)
    }
    return lines
  }

  private static func lines(_ text: String?) -> [String] {
    guard let text else { return [] }
    return text.sourceLines
  }

  private static func colored(_ line: String) -> Line {
    switch line.first {
    case "+": Style.added(line)
    case "-": Style.removed(line)
    case "@": Style.mark(line)
    default: Line(line)
    }
  }
}
