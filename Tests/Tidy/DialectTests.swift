import Testing

/// What one database product does stands in its wing. A third one is added beside the others, and no
/// other room is edited for it (Tests/ThirdDialect).
@Suite("No room but a dialect's own knows a dialect")
struct DialectTests {
  /// The wings, what stands beneath them, and the list of them.
  static let wings: Set<String> = [
    "DialectSQLite", "DialectPostgreSQL", "EngineSQLite", "EnginePostgreSQL", "DialectRegistry",
    "CLibPQ", "CSQLite", "SQLiteAccess", "SQLiteWalls",
  ]

  /// Rooms that use SQLite for themselves, whatever the store's dialect is.
  static let keepersOfSQLite: Set<String> = ["Projections"]

  /// Where a product's word is shown to people who choose one: the help texts of options, the demo's
  /// own history, what the bridge calls its versions. Lines, which may only become fewer.
  static let shown: [String: Int] = [
    "Sources/Importers/Alembic/AlembicRunner.swift": 1,
    "Sources/Importers/Alembic/BridgeMessages.swift": 1,
    "Sources/StrataCLI/Commands/Baseline.swift": 4,
    "Sources/StrataCLI/Commands/Init.swift": 2,
    "Sources/StrataCLI/Commands/Query.swift": 1,
    "Sources/StrataCLI/Demo/Demo.swift": 2,
    "Sources/StrataCLI/Demo/DemoAlembicHistory.swift": 1,
    "Sources/StrataCLI/FolderOptions.swift": 3,
  ]

  static let words = ["postgres", "sqlite", "pg_", "psql", "libpq", "aclitem"]

  /// Whether a line of code asks which dialect it is: a switch, or a comparison with one by name.
  static func asks(_ line: String) -> Bool {
    let words = line.split { !$0.isLetter && !$0.isNumber }
    let isSwitch = words.contains("switch") && words.contains { $0.lowercased() == "dialect" }
    let names = ["dialect == .", "dialect != .", "dialect == \"", "dialect != \"", "Dialect(\""]
    return isSwitch || names.contains { line.contains($0) }
  }

  /// Whether a line that is no comment has a product's word, in code or in a text.
  static func knows(_ line: String, in room: String) -> Bool {
    let text = line.lowercased().split(separator: "//", omittingEmptySubsequences: false)[0]
    // The projection's own file, whatever the store's dialect is.
    let rest = text.split(separator: "projection.sqlite").joined(separator: " ")
    return words.contains { word in
      rest.contains(word) && !(word == "sqlite" && keepersOfSQLite.contains(room))
    }
  }

  private func files() throws -> [(path: String, room: String)] {
    try Checkout.swiftFiles("Sources", "store").compactMap { path in
      let parts = path.split(separator: "/").map(String.init)
      let room = parts[0] == "Sources" ? parts[1] : parts[0]
      return Self.wings.contains(room) ? nil : (path, room)
    }
  }

  @Test("nowhere is asked which dialect it is")
  func questions() throws {
    for (path, _) in try files() {
      for line in try SwiftText(path).code where Self.asks(line) {
        Issue.record("\(path): \(line): ask DialectWords or Product")
      }
    }
  }

  @Test("no product's word is said but where people choose one")
  func products() throws {
    var found: [String: Int] = [:]
    for (path, room) in try files() {
      let count = try SwiftText(path).lines.count { Self.knows($0, in: room) }
      if count > 0 { found[path] = count }
    }
    #expect(found == Self.shown)
  }

  @Test("the wings have the same folders, and the same files where the job is the same")
  func siblings() throws {
    for (left, right) in [
      ("DialectSQLite", "DialectPostgreSQL"), ("EngineSQLite", "EnginePostgreSQL"),
    ] {
      func folders(_ room: String) throws -> Set<String> {
        Set(
          try Checkout.swiftFiles("Sources/\(room)").compactMap { path in
            let parts = path.split(separator: "/")
            return parts.count > 3 ? String(parts[2]) : nil
          })
      }
      #expect(try folders(left).isSubset(of: folders(right)), "\(left) beside \(right)")
      for room in [left, right] {
        for path in try Checkout.swiftFiles("Sources/\(room)") {
          let name = path.split(separator: "/").last ?? ""
          #expect(!name.hasPrefix("SQLite") && !name.hasPrefix("PostgreSQL"), "\(path)")
        }
      }
    }
  }

  @Test("the net catches what it must")
  func canary() {
    #expect(Self.asks("    return switch dialect {"))
    #expect(Self.asks("    switch history.dialect {"))
    #expect(Self.asks("if history.dialect == .sqlite, isQuick {"))
    #expect(Self.asks("guard dialect != \"\" else { return }"))
    #expect(Self.asks("let usual = Dialect(\"\")"))
    #expect(!Self.asks("guard dialect == other.dialect else {"))
    #expect(Self.knows("  tool: \"pg_dump\",", in: "StrataCLI"))
    #expect(Self.knows("  case PostgreSQLEngineError.failed: 5", in: "StrataCLI"))
    #expect(Self.knows("  let file = \"app.sqlite\"", in: "Storage"))
    #expect(!Self.knows("  let file = \"projection.sqlite\"", in: "Storage"))
    #expect(!Self.knows("  /// PostgreSQL's own order", in: "SchemaModel"))
    #expect(!Self.knows("  let db: SQLiteDatabase", in: "Projections"))
    #expect(Self.knows("  if isPostgreSQL {", in: "Projections"))
  }
}
