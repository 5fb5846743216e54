import SchemaModel

/// Tells the layout of a folder from the names and first lines of what is in it.
struct LayoutDetection {
  private var counts: [SQLLayout: Int] = [:]
  /// SQL files without a number.
  private var strayCount = 0
  private var pythonCount = 0
  private var folders: [String] = []
  private let scope: FolderScope

  static func layout(
    of folder: String, _ scope: FolderScope
  ) throws(FolderError) -> SQLLayout {
    var detection = LayoutDetection(scope: scope)
    for name in try Disk.names(in: folder) where !name.hasPrefix(".") {
      try detection.look(at: name, in: folder)
    }
    return try detection.verdict(folder)
  }

  private mutating func look(at name: String, in folder: String) throws(FolderError) {
    let path = folder + "/" + name
    if scope.entry(path) == .folder {
      if try scope.isFile(path + "/migration.sql") {
        counts[.prisma, default: 0] += 1
      } else if try scope.isFile(path + "/up.sql") {
        counts[.diesel, default: 0] += 1
      } else {
        folders.append(name)
        let isFlyway = try Disk.names(in: path).contains { FlywayName($0) != nil }
        if isFlyway { counts[.flyway, default: 0] += 1 }
      }
      return
    }
    if name.hasSuffix(".py") { pythonCount += 1 }
    guard name.hasSuffix(".sql") else {
      if GolangName(name) != nil, try scope.isFile(path) { counts[.golangMigrate, default: 0] += 1 }
      if name.lowercased().hasSuffix(".sql") { strayCount += 1 }
      return
    }
    guard try scope.isFile(path) else { return }
    if let layout = try layout(ofFile: name, path: path) {
      counts[layout, default: 0] += 1
    } else {
      strayCount += 1
    }
  }

  /// Nil for a file without a number.
  private func layout(ofFile name: String, path: String) throws(FolderError) -> SQLLayout? {
    if FlywayName(name) != nil { return .flyway }
    let bytes = try scope.bytes(of: path)
    if bytes.containsWord("migrate:up"), SectionedScript(bytes, .dbmate).up != nil {
      return .dbmate
    }
    if bytes.containsWord("+goose"), SectionedScript(bytes, .goose).up != nil { return .goose }
    let isPair = name.hasSuffix(".up.sql") || name.hasSuffix(".down.sql")
    guard let parts = VersionedName(name) else {
      return name.first?.isNumber == true ? .plain : nil
    }
    if isPair { return .golangMigrate }
    return timestamp(ofVersion: parts.version) == nil ? .plain : .sqlx
  }

  private func verdict(_ folder: String) throws(FolderError) -> SQLLayout {
    var counts = counts
    // Plain numbers, times and pairs are read in the same way; only a tool of its own forbids doubles.
    if counts[.plain] != nil {
      counts[.sqlx] = nil
      counts[.golangMigrate] = nil
    }
    if counts[.golangMigrate] != nil, counts[.sqlx] != nil { counts = [.plain: 1] }
    // A stray seed file beside a tool's own migrations is left out, as that tool does.
    if counts.isEmpty, strayCount > 0 { return .plain }
    if counts.count == 1, let only = counts.first { return only.key }
    let seen = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { layout, count in
      "\(count) of \(layout) (\(layout.example))"
    }
    if !seen.isEmpty {
      throw .cannotTellLayout(
        path: folder, seen: seen, hint: "say which with --layout, or name a folder of one kind")
    }
    if pythonCount > 0 {
      throw .cannotTellLayout(
        path: folder, seen: ["\(pythonCount) Python files and no .sql"],
        hint: "for Alembic use: strata import alembic \(folder.asShellWord)")
    }
    let inside =
      folders.isEmpty
      ? "" : "; there are folders in it: \(folders.prefix(8).joined(separator: ", "))"
    throw .empty(path: folder, expected: "SQL migrations" + inside)
  }
}
