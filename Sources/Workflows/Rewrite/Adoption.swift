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
          ? "\(whose) need nothing"
            + (scriptPath.map { ", and \($0) says no more than that" } ?? "")
          : "\(whose): \(rows.table) must hold the cut's new checksum, and no versions that are gone; "
            + advice) + others
    }
    head =
      "databases that ran the migrations up to \(plan.root)\(late.isEmpty ? "" : ", and \(names),") before "
      + "Strata cut the folder there"
  }

  /// For a cut that is taken back; nil where databases of the cut folder lack nothing.
  /// - Parameter isPlanned: whether a script can still be asked for.
  init?(_ rows: ReturnedRows, at root: RevisionID, scriptPath: String?, isPlanned: Bool) {
    let statements = rows.statements
    guard let table = rows.table, !statements.isEmpty else { return nil }
    let tool = rows.layout.rawValue
    let names = rows.others.map { $0.version ?? $0.path }
    let checksum =
      [.sqlx, .prisma, .flyway].contains(rows.layout)
      ? "the checksum of the old file of \(root)" : nil
    let versions: String? =
      switch (names.first, names.last) {
      case (let first?, let last?) where names.count > 1:
        "the \(names.count) versions \(first) to \(last)"
      case (let only?, _): "the version \(only)"
      default: nil
      }
    // It may have been adopted to the cut folder, or made of it: that is the same to its tool.
    guard let lacking = versions ?? checksum else { return nil }
    let also = versions == nil ? "" : checksum.map { ", and \($0)" } ?? ""
    self.statements = statements
    isScripted = isPlanned || scriptPath != nil
    let lack =
      rows.place.map {
        "holds \($0.from) where it must hold \($0.to), which is back; \(tool) would run that on their "
          + "live data"
      }
      ?? "lacks \(lacking)\(also)"
      + (versions == nil ? "" : "; \(tool) would run what is back on their live data, or refuse")
    need =
      "databases that were made of the cut folder, or adopted to it: \(table) \(lack). Before \(tool) "
      + "runs there again, "
      + (scriptPath.map { "run \($0) in each: it \(rows.place == nil ? "adds" : "sets") that" }
        ?? (isPlanned
          ? "\(rows.place == nil ? "add" : "set") that: --adopt-script FILE writes a script"
          : "run in each:"))
    head =
      "databases that were made of the folder that Strata had cut at \(root), or were adopted to it"
  }

  /// The script for a file: one transaction, with a line that says what it is.
  func script(_ words: any DialectWords) -> String {
    let head = [
      "-- For \(head).",
      "-- It changes the migration tool's own table alone, and nothing in a database before the cut.",
    ]
    guard !statements.isEmpty else {
      return (head + ["-- They need nothing."]).joined(separator: "\n") + "\n"
    }
    return words.script(statements, head: head)
  }
}
