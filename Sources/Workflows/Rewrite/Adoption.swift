import FileSystem
import Importers
import SchemaHistory
public import SchemaModel

/// What an existing database needs after a cut, or after a cut was taken back, so that its migration
/// tool takes the folder for the one that it ran: what that tool holds in its own table, and compares
/// with the folder.
public struct Adoption: Sendable {
  /// One line for people.
  public let need: String
  /// They change the tool's own table alone, and nothing in a database before the cut; running them
  /// twice is running them once. None end with what ends a statement.
  public let statements: [String]
  /// Whether a script was asked for, or still can be; where not, only `statements` say it.
  public let isScripted: Bool
  /// For which databases the script is.
  private let head: String

  /// Nil where the folder belongs to no tool.
  /// - Parameters:
  ///   - known: every file that was ever recorded of this history, by its path.
  ///   - scriptPath: where the script will be written; nil where none was asked for.
  init?(
    _ plan: TruncationPlan, _ folder: SQLFolder, _ assembly: FolderAssembly,
    _ words: any DialectWords, known: [ExactText: RevisionID], scriptPath: String?
  ) {
    // The tool runs these after the cut, and yet they go with it: they were recorded before it.
    let late = folder.late(plan.archived, behind: plan.root)
    let rows = ToolRows(plan, folder, assembly, words, known, late: late)
    if folder.layout == .plain { return nil }
    isScripted = true
    let names = late.map(\.id.text).joined(separator: ", ")
    let whose =
      late.isEmpty
      ? "existing databases at or after \(plan.root)"
      : "existing databases that ran \(plan.root) and \(names), which goes with it"
    statements = rows.statements
    let advice =
      (scriptPath.map { "run \($0) in each: it does that" }
        ?? "--adopt-script FILE writes what does that")
      + (folder.layout == .flyway ? " (and so does `flyway repair`)" : "")
    let others =
      late.isEmpty
      ? "" : "; others must run what they lack first, with the folder as it was before the cut"
    if let place = rows.place {
      need =
        "\(whose): where \(rows.table) holds the version \(place.from), whose file is gone, it must hold "
        + "\(place.to); \(advice), and so does `migrate force \(place.to)`\(others)"
    } else {
      need =
        (statements.isEmpty
          ? "\(whose) need nothing" + Self.emptiness(of: scriptPath)
          : "\(whose): \(rows.table) must hold the cut's new checksum, and no versions that are gone; "
            + advice) + others
    }
    head =
      "databases that ran the migrations up to \(plan.root)\(late.isEmpty ? "" : ", and \(names),") before "
      + "Strata cut the folder there"
  }

  /// For a cut that is taken back; nil where the folder belongs to no tool.
  /// - Parameter isPlanned: whether a script can still be asked for.
  init?(_ rows: ReturnedRows, at root: RevisionID, scriptPath: String?, isPlanned: Bool) {
    guard let table = rows.table else { return nil }
    let whose = "databases that were made of the cut folder, or adopted to it"
    // It may have been adopted to the cut folder, or made of it: that is the same to its tool.
    let lack = rows.statements.isEmpty ? nil : Self.lack(rows, root)
    statements = lack == nil ? [] : rows.statements
    isScripted = isPlanned || scriptPath != nil
    if let lack {
      let tool = rows.layout.rawValue
      need =
        "\(whose): \(table) \(lack). Before \(tool) runs there again, "
        + (scriptPath.map { "run \($0) in each: it \(rows.place == nil ? "adds" : "sets") that" }
          ?? (isPlanned
            ? "\(rows.place == nil ? "add" : "set") that: --adopt-script FILE writes a script"
            : "run in each:"))
    } else {
      need = "\(whose), need nothing" + Self.emptiness(of: scriptPath)
    }
    head =
      "databases that were made of the folder that Strata had cut at \(root), or were adopted to it"
  }

  /// What the tool's table lacks of what is back, in words; nil where it lacks nothing.
  private static func lack(_ rows: ReturnedRows, _ root: RevisionID) -> String? {
    let tool = rows.layout.rawValue
    if let place = rows.place {
      return
        "holds \(place.from) where it must hold \(place.to), which is back; \(tool) would run that on "
        + "their live data"
    }
    let names = rows.others.map { $0.version ?? $0.path }
    let checksum =
      [.sqlx, .prisma, .flyway].contains(rows.layout)
      ? "the checksum of the old file of \(root)" : nil
    guard let first = names.first, let last = names.last else {
      return checksum.map { "lacks \($0)" }
    }
    let versions =
      names.count > 1 ? "the \(names.count) versions \(first) to \(last)" : "the version \(first)"
    return
      "lacks \(versions)\(checksum.map { ", and \($0)" } ?? ""); \(tool) would run what is back on "
      + "their live data, or refuse"
  }

  private static func emptiness(of scriptPath: String?) -> String {
    scriptPath.map { ", and \($0) says no more than that" } ?? ""
  }

  /// Where a script was asked for, and nobody can say what it would have to do.
  /// - Parameter advice: what else to do than to leave it out.
  static func refusal(_ advice: String = "") -> WorkflowError {
    .refused(
      "expected a migration tool's folder of SQL for an adoption script, found none; nothing was "
        + "changed. Leave --adopt-script out\(advice)")
  }

  /// The script for a file: one transaction, with a line that says what it is.
  func script(_ words: any DialectWords) -> String {
    let head = [
      "-- For \(head).",
      "-- It changes the migration tool's own table alone, and nothing in a database before the cut.",
    ]
    // Comments alone are no statement to some who run scripts.
    return words.script(
      statements, head: head + (statements.isEmpty ? ["-- They need nothing."] : []))
  }
}
