import FileSystem
import Importers
import SchemaHistory
public import SchemaModel

/// What an existing database needs after a cut, so that its migration tool takes the rewritten folder
/// for the one that it ran: what that tool holds in its own table, and compares with the folder.
public struct Adoption: Sendable {
  /// One line for people.
  public var need: String {
    guard !statements.isEmpty else { return "\(whose) need nothing" }
    return "\(whose): \(table) must hold the cut's new checksum, and no versions that are gone; "
      + advice
  }

  /// They change the tool's own table alone, and nothing in a database before the cut; running them
  /// twice is running them once. None end with what ends a statement.
  public let statements: [String]
  private let whose: String
  /// The tool's own.
  private let table: String
  /// What is to be done.
  private let advice: String

  /// Nil where the folder belongs to no tool.
  /// - Parameters:
  ///   - known: every file that was ever recorded of this history, by its path.
  ///   - scriptPath: where the script will be written; nil where none was asked for.
  init?(
    _ plan: TruncationPlan, _ folder: SQLFolder, _ assembly: FolderAssembly,
    _ words: any DialectWords, known: [ExactText: RevisionID], scriptPath: String?
  ) {
    let rows = ToolRows(plan, folder, assembly, words, known)
    if folder.layout == .plain { return nil }
    whose = "existing databases at or after \(plan.root)"
    table = rows.table
    statements = rows.statements
    advice =
      (scriptPath.map { "run \($0) in each: it does that" }
        ?? "--adopt-script FILE writes what does that")
      + (folder.layout == .flyway ? " (and so does `flyway repair`)" : "")
  }

  /// The script for a file: one transaction, with a line that says what it is.
  func script(_ plan: TruncationPlan, _ words: any DialectWords) -> String {
    let head = [
      "-- For databases that ran the migrations up to \(plan.root) before Strata cut the folder there.",
      "-- It changes the migration tool's own table alone, and nothing in a database before the cut.",
    ]
    guard !statements.isEmpty else {
      return (head + ["-- \(need)."]).joined(separator: "\n") + "\n"
    }
    return words.script(statements, head: head)
  }
}
