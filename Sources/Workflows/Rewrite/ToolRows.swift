import Importers
import SchemaHistory
import SchemaModel
import StoreFormat

/// The rows of a migration tool's own table as the rewritten folder would have them.
///
/// Each tool's rule is in docs/LAYOUTS.md, with where it is known from.
struct ToolRows {
  private let words: any DialectWords
  private let layout: SQLLayout
  private let root: RevisionID
  /// The baseline's bytes, and its path in the folder.
  private let file: [UInt8]
  private let path: String
  /// Versions that the folder no longer holds, and paths of their files: those of this cut and of
  /// every cut before it, since a database may have missed the earlier scripts.
  private let gone: [RevisionID]
  private let gonePaths: [String]
  /// Paths of repeatables that left in the same way: they have no version.
  private let goneRepeatables: [String]
  /// What leaves though the tool runs it after the cut: a database may lack it.
  private let late: [(id: RevisionID, path: String)]
  /// What the folder holds after the cut.
  private let staying: Set<RevisionID>
  /// The versions as the files' names have had them, which is what Flyway's table keeps: 1 and 1.0 are
  /// one version, and stand under one id here.
  private let spellings: [RevisionID: Set<String>]

  init(
    _ plan: TruncationPlan, _ folder: SQLFolder, _ assembly: FolderAssembly,
    _ words: any DialectWords, _ known: [ExactText: RevisionID],
    late: [(id: RevisionID, path: String)]
  ) {
    self.late = late
    self.words = words
    layout = folder.layout
    root = plan.root
    path = assembly.baselinePath
    file = assembly.change.add[ExactText(path)] ?? []
    let staying = Set(plan.kept + [plan.root])
    self.staying = staying
    var spellings: [RevisionID: Set<String>] = [:]
    let paths = folder.drafts.compactMap { draft in draft.source.map { ($0.path, draft.id) } }
    for (path, id) in known.map({ ($0.key.text, $0.value) }) + paths {
      if let version = folder.layout.writtenVersion(path) {
        spellings[id, default: []].insert(version)
      }
    }
    self.spellings = spellings
    let leaving = known.filter { !staying.contains($0.value) }
    // What an earlier cut took out, the folder no longer tells.
    let repeatables = leaving.filter { folder.layout.isRepeatable($0.key.text) }
    let versioned = leaving.filter { repeatables[$0.key] == nil }
    gone = Set(versioned.values).sorted()
    gonePaths = versioned.keys.sorted().texts
    goneRepeatables = repeatables.keys.sorted().texts
  }

  /// The tool's own; empty where the folder's tool compares nothing.
  var table: String {
    switch layout {
    case .sqlx, .prisma, .flyway: layout.tool?.tableName ?? ""
    case .golangMigrate: late.isEmpty ? "" : layout.tool?.tableName ?? ""
    case .plain, .dbmate, .goose, .diesel: ""
    }
  }

  /// For a tool that keeps one version and looks for its file: the last of the late ones, that a database
  /// may hold, and the one before it that the folder still has.
  var place: (from: String, to: String)? {
    guard layout == .golangMigrate, let last = late.compactMap({ Int64($0.id.text) }).max(),
      let before = staying.compactMap({ Int64($0.text) }).filter({ $0 < last }).max()
    else { return nil }
    return (String(last), String(before))
  }

  /// What brings the rows to what the folder holds.
  var statements: [String] {
    switch layout {
    case .sqlx: sqlx()
    case .prisma: prisma()
    case .flyway: flyway()
    case .golangMigrate:
      place.map {
        ["UPDATE \(words.quoted(table)) SET version = \($0.to) WHERE version = \($0.from)"]
      } ?? []
    case .plain, .dbmate, .goose, .diesel: []
    }
  }

  private func list(_ literals: [String]) -> String { literals.joined(separator: ", ") }

  /// sqlx refuses a version that it ran and does not find, and a file of another SHA-384.
  private func sqlx() -> [String] {
    // As the table holds them: without the zeros that a name may begin with.
    guard let cut = Int64(root.text) else { return [] }
    let table = words.quoted(self.table)
    let old = Set(gone.compactMap { Int64($0.text) }).sorted().map { String($0) }
    let behind = late.compactMap { Int64($0.id.text) }.map { String($0) }
    let isCut = "version = \(cut)" + holding(table, "version", behind)
    return [
      "UPDATE \(table) SET checksum = \(words.literal(bytes: FileDigest.sha384(file))) "
        + "WHERE \(isCut)"
    ] + deletion(table, "version", old, ifThere: isCut)
  }

  /// Prisma calls a file of another SHA-256 modified, and a name that it ran and does not find missing.
  private func prisma() -> [String] {
    func name(_ path: String) -> String {
      path.split(separator: "/").first.map(String.init) ?? path
    }
    let table = words.quoted(self.table)
    let isCut =
      "migration_name = \(words.literal(name(path)))"
      + holding(table, "migration_name", late.map { words.literal(name($0.path)) })
    let digest = words.literal(Hexadecimal.text(FileDigest.sha256(file)))
    return ["UPDATE \(table) SET checksum = \(digest) WHERE \(isCut)"]
      + deletion(
        table, "migration_name", gonePaths.map { words.literal(name($0)) }, ifThere: isCut)
  }

  /// Flyway's `validate`, which runs before each `migrate`, fails for a version that it ran and does
  /// not find, and for a file of another checksum. Its notes of a schema or a baseline are about no
  /// file, and stay.
  private func flyway() -> [String] {
    let table = words.quoted(self.table)
    let isOfFile = "type NOT IN ('SCHEMA', 'BASELINE')"
    let isCut =
      "version IN (\(list(spelled([root])))) AND \(isOfFile)"
      + late.map {
        " AND EXISTS (SELECT 1 FROM \(table) WHERE version IN (\(list(spelled([$0.id])))))"
      }.joined()
    let isBaseline = path.split(separator: "/").last?.hasPrefix("B") == true
    let type = words.literal(isBaseline ? "SQL_BASELINE" : "SQL")
    return [
      "UPDATE \(table) SET checksum = \(FlywayChecksum(file).value), type = \(type) WHERE \(isCut)"
    ]
      // These first: the others' going is the end of what is asked for.
      + deletion(
        table, "script", goneRepeatables.map { words.literal($0) }, ifThere: isCut,
        and: "version IS NULL AND \(isOfFile)")
      + deletion(
        table, "version", spelled(gone), ifThere: isCut, and: isOfFile)
  }

  /// As a table may have them, which keeps a version as its file's name had it when it ran.
  private func spelled(_ ids: [RevisionID]) -> [String] {
    Set(ids.flatMap { [$0.text] + (spellings[$0] ?? []) }).sorted().map { words.literal($0) }
  }

  /// The condition that the table holds all of these as well.
  private func holding(_ table: String, _ column: String, _ values: [String]) -> String {
    if values.isEmpty { return "" }
    return " AND (SELECT count(DISTINCT \(column)) FROM \(table) WHERE \(column) IN "
      + "(\(list(values)))) = \(Set(values).count)"
  }

  private func deletion(
    _ table: String, _ column: String, _ values: [String], ifThere isCut: String,
    and condition: String? = nil
  ) -> [String] {
    guard !values.isEmpty else { return [] }
    return [
      "DELETE FROM \(table) WHERE \(column) IN (\(list(values)))"
        + (condition.map { " AND \($0)" } ?? "")
        + " AND EXISTS (SELECT 1 FROM \(table) WHERE \(isCut))"
    ]
  }
}

/// What Flyway keeps of a script: a CRC-32 of its lines without what ends them and without a byte order
/// mark, as a signed number (`ChecksumCalculator` of flyway-core).
struct FlywayChecksum {
  let value: Int32

  init(_ bytes: [UInt8]) {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    value = Int32(
      bitPattern: FileDigest.crc32(text.lazy.filter { $0 != 0x0A && $0 != 0x0D }))
  }
}
