extension LayoutReader {
  /// `N_NAME.up.EXT` with `N_NAME.down.EXT`: a pair by its number, whatever the rest is.
  mutating func readGolangPairs() throws(FolderError) {
    var downs = UndoScripts()
    for name in try names() {
      guard let parts = GolangName(name) else {
        leaveOut(name)
        continue
      }
      guard try isMigration(name) else { continue }
      let order = VersionOrder(numbersOf: parts.version)
      guard parts.isUp else {
        try downs.add(name, order, version: parts.version)
        continue
      }
      found.append(
        SQLMigrationFile(
          version: parts.version, stem: "\(parts.version)_\(parts.title)", title: parts.title,
          order: order, upPath: name))
    }
    pair(downs)
  }

  /// `N_NAME.sql`, or `N_NAME.up.sql` with `N_NAME.down.sql`: a pair by its number.
  mutating func readSqlxPairs() throws(FolderError) {
    var downs = UndoScripts()
    for name in try names() {
      guard name.hasSuffix(".sql"), name.contains("_") else {
        leaveOut(name)
        continue
      }
      guard VersionedName(name) != nil else {
        leaveOut(name, because: "it begins with no number, and sqlx itself refuses that")
        continue
      }
      guard try isMigration(name) else { continue }
      let isDown = name.hasSuffix(".down.sql")
      let stem = String(name.dropLast(isDown ? 9 : name.hasSuffix(".up.sql") ? 7 : 4))
      guard let parts = VersionedName(stem) else {
        leaveOut(name)
        continue
      }
      let order = VersionOrder(numbersOf: parts.version)
      guard !isDown else {
        try downs.add(name, order, version: parts.version)
        continue
      }
      found.append(
        SQLMigrationFile(
          version: parts.version, stem: stem, title: parts.title, order: order, upPath: name))
    }
    pair(downs)
  }

  /// Gives each migration the script that undoes it.
  mutating func pair(_ downs: UndoScripts) {
    var downs = downs
    for index in found.indices where !found[index].isLast {
      guard let path = downs.paths.removeValue(forKey: found[index].order) else { continue }
      found[index].downPath = path
      if layout == .flyway { found[index].companions.append(path + ".conf") }
    }
    for path in downs.paths.values.sorted() {
      leftOut.append((path, "it undoes a migration that is not there"))
    }
  }
}

/// Undo scripts by the versions that they undo.
struct UndoScripts {
  var paths: [VersionOrder: String] = [:]

  mutating func add(
    _ path: String, _ order: VersionOrder, version: String
  ) throws(FolderError) {
    if let other = paths.updateValue(path, forKey: order) {
      throw .duplicateVersion(version: version, paths: [other, path])
    }
  }
}
