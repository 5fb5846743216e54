/// How a migration asks its tool for no transaction around it.
enum NoTransaction {
  static func isAsked(
    by file: SQLMigrationFile, _ up: [UInt8], _ layout: SQLLayout, folder: String,
    _ scope: FolderScope
  ) throws(FolderError) -> Bool {
    switch layout {
    case .dbmate, .goose: SectionedScript(up, layout).isWithoutTransaction
    case .sqlx: isSqlx(up)
    case .diesel:
      try says(
        "run_in_transaction", "false",
        in: "\(folder)/\(Disk.parent(of: file.upPath))/metadata.toml", scope)
    case .flyway:
      try says("executeInTransaction", "false", in: "\(folder)/\(file.upPath).conf", scope)
    case .plain, .golangMigrate, .prisma: false
    }
  }

  /// It must be the first line.
  private static func isSqlx(_ up: [UInt8]) -> Bool {
    let body = up.starts(with: [0xEF, 0xBB, 0xBF]) ? up.dropFirst(3) : up[...]
    return body.starts(with: "-- no-transaction".utf8)
  }

  /// Whether a file of `name = value` lines is there and says this.
  private static func says(
    _ name: String, _ value: String, in path: String, _ scope: FolderScope
  ) throws(FolderError) -> Bool {
    guard try scope.isFile(path) else { return false }
    for line in String(decoding: try scope.bytes(of: path), as: UTF8.self).split(separator: "\n") {
      let content = line.prefix { $0 != "#" }
      let parts = content.split(separator: "=", maxSplits: 1).map {
        $0.filter { !$0.isWhitespace && $0 != "\"" }
      }
      if parts.count == 2, parts[0] == name { return parts[1].lowercased() == value }
    }
    return false
  }
}
