public import SchemaModel

/// A folder of SQL migrations: one line of revisions, each after the one before it in version order.
///
/// A revision's id is its version as the file spells it (`1.1` for Flyway, with dots; `000001` for
/// golang-migrate); a repeatable's is its whole name (`R__views`), and `R__views@2` once it runs again
/// with another text. Plain and Prisma migrations have
/// the part of their name before the first `_`, where no other has the same, else the whole name.
/// The message is the rest of the name. A version that is a time gives the date.
public struct SQLFolder {
  /// Absolute.
  public let path: String
  /// The tool whose names the files have, told or found out.
  public let layout: SQLLayout
  /// In the order in which they run.
  public let drafts: [RevisionDraft]
  /// Files that were left out, one line each.
  public let warnings: [String]
  /// How its tool opens a connection.
  public let connection: ToolConnection
  /// Whether that is the layout's own way, and nobody has said it.
  public let takesUsualConnection: Bool
  /// Whether the layout was told from the files.
  public let isLayoutGuessed: Bool
  /// Repeatables as they ran before, whose text is another one now or gone; see `recall`.
  public private(set) var earlier: [RevisionDraft] = []
  private(set) var scripts: [RevisionID: SQLMigrationScript]
  private let placeholders: Placeholders
  let files: [RevisionID: SQLMigrationFile]
  let leftBaselines: [SQLMigrationFile]

  /// - Parameter layout: nil to tell it from the files.
  /// - Parameter definitions: values for `${NAME}`.
  /// - Parameter recorded: ids that files have already, by path: a plain name's id depends on its
  ///   neighbours, and what was recorded once keeps its id whoever comes or goes beside it.
  /// - Parameter enforcesForeignKeys: whether the tool's connection enforces foreign keys; nil for what
  ///   is usual in the layout.
  /// - Parameter revised: the id of a repeatable with this path and text; nil for one that never ran.
  /// - Throws: `FolderError`.
  public init(
    _ path: String, layout: SQLLayout? = nil, definitions: [String: String] = [:],
    recorded: [ExactText: RevisionID] = [:], enforcesForeignKeys: Bool? = nil,
    revised: (String, [UInt8]) -> RevisionID? = { _, _ in nil }
  ) throws(FolderError) {
    try FolderError.check(path)
    let path = Disk.absolute(path)
    guard Disk.isDirectory(path) else {
      throw .notFound(
        path: path, expected: "a folder of SQL migrations",
        found: Disk.isFile(path) ? "a file" : nil)
    }
    let scope = FolderScope([path])
    isLayoutGuessed = layout == nil
    let layout =
      if let layout { layout } else { try LayoutDetection.layout(of: path, scope) }
    let reader = try LayoutReader(
      folder: path, layout: layout, recorded: Set(recorded.keys), scope)
    guard !reader.found.isEmpty else { throw .empty(path: path, expected: layout.example) }
    self.path = path
    self.layout = layout
    takesUsualConnection = enforcesForeignKeys == nil
    connection = layout.connection(enforcesForeignKeys)
    warnings = Self.warnings(reader)
    leftBaselines = reader.leftBaselines
    let ids = Self.ids(reader.found, layout, recorded: recorded)
    placeholders = Placeholders(values: definitions)
    var drafts: [RevisionDraft] = []
    var scripts: [RevisionID: SQLMigrationScript] = [:]
    var files: [RevisionID: SQLMigrationFile] = [:]
    for (file, named) in zip(reader.found, ids) {
      let up = try scope.bytes(of: path + "/" + file.upPath)
      let id = file.isLast ? revised(file.upPath, up) ?? named : named
      files[id] = file
      var down: [UInt8]?
      if let downPath = file.downPath { down = try scope.bytes(of: path + "/" + downPath) }
      let source = SourceFile(
        format: .sql, path: file.upPath, up: up, downPath: file.downPath, down: down)
      let rule = try Placeholders.Rule(of: file, layout, in: path, scope)
      scripts[id] = SQLMigrationScript(
        text: try Self.text(up, layout, path: file.upPath, placeholders, rule),
        isTransactional: try !NoTransaction.isAsked(by: file, up, layout, folder: path, scope))
      drafts.append(
        RevisionDraft(
          id: id, parents: drafts.last.map { [$0.id] } ?? [], message: humanised(file.title),
          authored: timestamp(ofVersion: file.version ?? id.text), source: source))
    }
    self.drafts = drafts
    self.scripts = scripts
    self.files = files
  }

  private static func warnings(_ reader: LayoutReader) -> [String] {
    let undos = reader.undoScripts.sorted()
    let undoing =
      undos.isEmpty
      ? []
      : [
        "did not run \(Plural.text(undos.count, "undo script")): "
          + undos.prefix(6).joined(separator: ", ")
          + (undos.count > 6 ? " and \(undos.count - 6) more" : "")
      ]
    return undoing + reader.leftOut.map { "left out \($0.path): \($0.why)" }
      + reader.notFiles.map { "left out \($0.path): it is \($0.found)" }
  }

  /// Adds a repeatable as it ran once, so that it can run again like that.
  /// - Throws: `FolderError` for a text that cannot run as things are now.
  public mutating func recall(_ id: RevisionID, _ source: SourceFile) throws(FolderError) {
    let file = SQLMigrationFile(
      stem: id.text, title: id.text, order: VersionOrder(textOf: id.text), upPath: source.path,
      isLast: true, settingPaths: [source.path + ".conf"])
    let scope = FolderScope([path])
    let rule = try Placeholders.Rule(of: file, layout, in: path, scope)
    scripts[id] = SQLMigrationScript(
      text: try Self.text(source.up, layout, path: source.path, placeholders, rule),
      isTransactional: try !NoTransaction.isAsked(
        by: file, source.up, layout, folder: path, scope))
    earlier.append(RevisionDraft(id: id, parents: [], source: source))
  }

  /// Whether a migration speaks of foreign keys, so that it may matter if they are enforced.
  public var mentionsForeignKeys: Bool {
    scripts.values.contains { $0.text.lowercased().contains("references") }
  }

  /// Runs the migrations on scratch databases.
  public func runner() -> SQLRunner { SQLRunner(self) }

  private static func ids(
    _ files: [SQLMigrationFile], _ layout: SQLLayout, recorded: [ExactText: RevisionID]
  ) -> [RevisionID] {
    var counts: [Substring: Int] = [:]
    for file in files { counts[prefix(file.stem), default: 0] += 1 }
    let taken = Set(recorded.values)
    var spelled: [VersionOrder: RevisionID] = [:]
    for id in taken.sorted() {
      if let order = layout.version(id.text) { spelled[order] = spelled[order] ?? id }
    }
    return files.map { file in
      if let version = file.version {
        // Spelled in another way it is the same version to its tool.
        if !taken.contains(RevisionID(version)), let order = layout.version(version),
          let id = spelled[order]
        {
          return id
        }
        return RevisionID(version)
      }
      if let id = recorded[file.upPath] { return id }
      let prefix = prefix(file.stem)
      let isUsable =
        !file.isLast && !prefix.isEmpty && counts[prefix] == 1
        && !taken.contains(RevisionID(String(prefix)))
      var id = RevisionID(isUsable ? String(prefix) : file.stem)
      // A name that is the beginning of another's is another name, and that one has this id.
      var number = 2
      while !isUsable, !file.isLast, taken.contains(id) {
        id = RevisionID("\(file.stem)@\(number)")
        number += 1
      }
      return id
    }
  }

  private static func prefix(_ stem: String) -> Substring { stem.prefix { $0 != "_" } }

  /// What is to be executed of a file.
  private static func text(
    _ bytes: [UInt8], _ layout: SQLLayout, path: String, _ placeholders: Placeholders,
    _ rule: Placeholders.Rule
  ) throws(FolderError) -> String {
    var parts = [SectionedScript.Part(bytes: bytes, isExpanded: false)]
    if layout == .dbmate || layout == .goose {
      let sections = SectionedScript(bytes, layout)
      guard sections.up != nil else {
        throw .missingSection(path: path, marker: SectionedScript.marker(layout))
      }
      if let refusal = sections.refusal {
        throw .unsupportedFile(path: path, why: "\(layout) \(refusal), and refuses the file")
      }
      parts = sections.parts
    }
    var whole = ""
    for part in parts {
      let isMarked = part.bytes.starts(with: [0xEF, 0xBB, 0xBF])
      guard let text = String(validating: part.bytes.dropFirst(isMarked ? 3 : 0), as: UTF8.self)
      else { throw .notUTF8(path: path, offset: firstInvalidOffset(bytes)) }
      whole +=
        part.isExpanded
        ? try ShellVariables(values: placeholders.values, path: path).expanded(text)
        : try placeholders.replaced(in: text, path: path, by: rule)
    }
    return whole
  }

  private static func firstInvalidOffset(_ bytes: [UInt8]) -> Int {
    var iterator = bytes.makeIterator()
    var decoder = UTF8()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput, .error: return offset
      }
    }
  }
}

extension SQLFolder {
  /// Those of these revisions that the tool runs after `root`; Flyway's repeatables have no place.
  public func late(
    _ ids: [RevisionID], behind root: RevisionID
  ) -> [(id: RevisionID, path: String)] {
    guard let place = drafts.firstIndex(where: { $0.id == root }) else { return [] }
    let ids = Set(ids)
    return drafts[(place + 1)...].compactMap { draft in
      guard ids.contains(draft.id), let path = draft.source?.path, !layout.isRepeatable(path)
      else { return nil }
      return (draft.id, path)
    }
  }

  /// What of these revisions the folder holds as its tool's own table names it, with the files' bytes, in
  /// the order of the tool.
  public func toolMigrations(
    of ids: Set<RevisionID>
  ) -> [(migration: ToolMigration, bytes: [UInt8])] {
    drafts.compactMap { draft in
      guard ids.contains(draft.id), let file = files[draft.id], let source = draft.source else {
        return nil
      }
      return (ToolMigration(file, layout), source.up)
    }
  }
}
