import FileSystem
import Importers
import SchemaHistory
public import SchemaModel
import StoreFormat

/// What an existing database needs after a cut, so that its migration tool takes the rewritten folder
/// for the one that it ran: what that tool holds in its own table, and compares with the folder.
public struct Adoption: Sendable {
  /// One line for people.
  public let need: String
  /// They change the tool's own table alone, and nothing in a database before the cut; running them
  /// twice is running them once. None end with what ends a statement.
  public let statements: [String]

  /// Nil where the folder belongs to no tool.
  init?(
    _ plan: TruncationPlan, _ folder: SQLFolder, _ assembly: FolderAssembly,
    _ words: any DialectWords
  ) {
    let file = assembly.change.add[assembly.baselinePath] ?? []
    switch folder.layout {
    case .plain: return nil
    case .dbmate, .goose, .golangMigrate, .diesel:
      statements = []
      need = "existing databases at or after \(plan.root) need nothing"
    case .flyway:
      statements = []
      need =
        "existing databases at or after \(plan.root): run `flyway repair` once, since versions that "
        + "they hold are gone from the folder"
    case .sqlx:
      statements = Self.sqlx(plan, file, words)
      need = Self.need(plan, "_sqlx_migrations")
    case .prisma:
      statements = Self.prisma(plan, file, words)
      need = Self.need(plan, "_prisma_migrations")
    }
  }

  private static func need(_ plan: TruncationPlan, _ table: String) -> String {
    "existing databases at or after \(plan.root): \(table) must hold the cut's new checksum, and no "
      + "older versions; --adopt-script FILE writes what does that"
  }

  /// sqlx refuses a version that it ran and does not find, and a file of another SHA-384.
  private static func sqlx(
    _ plan: TruncationPlan, _ file: [UInt8], _ words: any DialectWords
  ) -> [String] {
    // As the table holds them: without the zeros that a name may begin with.
    func number(_ id: RevisionID) -> Int64? { Int64(id.text) }
    guard let cut = number(plan.root) else { return [] }
    let table = words.quoted("_sqlx_migrations")
    // Whatever came before, also what an earlier cut took out of the folder, but for files that stay.
    let staying = plan.kept.compactMap(number).filter { $0 < cut }
    let spared =
      staying.isEmpty
      ? "" : " AND version NOT IN (\(staying.map { String($0) }.joined(separator: ", ")))"
    return [
      "UPDATE \(table) SET checksum = \(words.literal(bytes: FileDigest.sha384(file))) "
        + "WHERE version = \(cut)",
      "DELETE FROM \(table) WHERE version < \(cut)\(spared) "
        + "AND EXISTS (SELECT 1 FROM \(table) WHERE version = \(cut))",
    ]
  }

  /// Prisma calls a file of another SHA-256 modified, and a name that it ran and does not find missing.
  private static func prisma(
    _ plan: TruncationPlan, _ file: [UInt8], _ words: any DialectWords
  ) -> [String] {
    func name(_ path: String) -> String {
      path.split(separator: "/").first.map(String.init) ?? path
    }
    guard let cut = plan.rootRevision.revision.source.map({ name($0.path) }) else { return [] }
    let table = words.quoted("_prisma_migrations")
    let old = plan.sources.filter { $0.revision != plan.root }
      .map { words.literal(name($0.source.path)) }
    let update =
      "UPDATE \(table) SET checksum = \(words.literal(Hexadecimal.text(FileDigest.sha256(file)))) "
      + "WHERE migration_name = \(words.literal(cut))"
    guard !old.isEmpty else { return [update] }
    return [
      update,
      "DELETE FROM \(table) WHERE migration_name IN (\(old.joined(separator: ", "))) "
        + "AND EXISTS (SELECT 1 FROM \(table) WHERE migration_name = \(words.literal(cut)))",
    ]
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
