import SchemaModel

/// How a migration asks its tool for no transaction around it.
enum NoTransaction {
  static func isAsked(
    by file: SQLMigrationFile, _ up: [UInt8], _ layout: SQLLayout, folder: String,
    _ scope: FolderScope
  ) throws(FolderError) -> Bool {
    switch layout {
    case .dbmate, .goose: SectionedScript(up, layout).isWithoutTransaction
    case .sqlx: isSqlx(up)
    case .diesel: try isDiesel(SettingLines(file.settingPaths.first, in: folder, scope))
    case .flyway:
      try SettingLines(file.settingPaths.first, in: folder, scope)?["executeInTransaction"]
        .map { $0.lowercased() == "false" } ?? setsForeignKeys(up)
    case .plain, .golangMigrate, .prisma: false
    }
  }

  /// Diesel takes a file that says nothing for one that says `false`, and one that is no TOML for none.
  private static func isDiesel(_ settings: SettingLines?) -> Bool {
    guard let settings, !settings.isMalformed else { return false }
    return ["false", nil].contains(settings["run_in_transaction"])
  }

  /// Flyway opens no transaction for a script in which this setting is to have an effect.
  private static func setsForeignKeys(_ up: [UInt8]) -> Bool {
    up.split(separator: UInt8(ascii: "\n")).contains { line in
      let words = String(decoding: line, as: UTF8.self).lowercased()
        .split { $0.isWhitespace || $0 == "=" || $0 == "(" || $0 == ";" }
      return words.starts(with: ["pragma", "foreign_keys"])
    }
  }

  /// It must be the first line.
  private static func isSqlx(_ up: [UInt8]) -> Bool {
    let body = up.starts(with: [0xEF, 0xBB, 0xBF]) ? up.dropFirst(3) : up[...]
    return body.starts(with: "-- no-transaction".utf8)
  }
}

/// What a file of `name = value` lines says beside a migration.
struct SettingLines {
  private var values: [String: String] = [:]
  /// Whether a line is neither a setting nor a heading nor a comment.
  private(set) var isMalformed = false

  /// Nil where there is no such file.
  init?(_ path: String?, in folder: String, _ scope: FolderScope) throws(FolderError) {
    guard let path, try scope.isFile("\(folder)/\(path)") else { return nil }
    let text = String(decoding: try scope.bytes(of: "\(folder)/\(path)"), as: UTF8.self)
    var isOuter = true
    for line in text.split(whereSeparator: \.isNewline) {
      let content = String(line.prefix { $0 != "#" }).trimmingBlanks
      if content.isEmpty { continue }
      if content.hasPrefix("[") {
        isOuter = false
        continue
      }
      let parts = content.split(separator: "=", maxSplits: 1).map {
        $0.filter { !$0.isWhitespace && $0 != "\"" }
      }
      guard parts.count == 2 else {
        isMalformed = true
        continue
      }
      if isOuter { values[parts[0]] = parts[1] }
    }
  }

  subscript(_ name: String) -> String? { values[name] }
}
