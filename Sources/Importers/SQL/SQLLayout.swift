import SchemaModel

/// How a folder of SQL migrations is laid out: by the conventions of which tool.
public enum SQLLayout: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case plain
  case flyway
  case golangMigrate = "golang-migrate"
  case dbmate
  case goose
  case diesel
  case sqlx
  case prisma

  public var description: String { rawValue }

  /// The first line of a statement that its tool would take for one of its own marks, wherever it
  /// stands; nil for none.
  public func mark(in statement: String) -> String? {
    SectionedScript.ownLine(in: statement, self)
  }

  /// Whether its tool runs the migration of this path again whenever its text changes.
  public func isRepeatable(_ path: String) -> Bool {
    self == .flyway && path.split(separator: "/").last?.hasPrefix("R__") == true
  }

  /// The version as the tool's own table keeps it, from the path of its file; nil where the table has
  /// its number, or the path is none.
  public func writtenVersion(_ path: String) -> String? {
    self == .flyway
      ? path.split(separator: "/").last.flatMap { FlywayName(String($0))?.version } : nil
  }

  /// A version, where its tool compares versions by their numbers: `9` and `09` are one. Nil for texts.
  func version(_ text: String) -> VersionOrder? {
    switch self {
    case .golangMigrate, .goose, .sqlx:
      text.isAllDigits ? VersionOrder(numbersOf: text) : nil
    case .flyway:
      text.split(separator: ".").allSatisfy(\.isAllDigits) ? VersionOrder(partsOf: text) : nil
    case .plain, .dbmate, .diesel, .prisma: nil
    }
  }

  /// What its migrations look like, for messages.
  var example: String {
    switch self {
    case .plain: "files such as 001_create_users.sql"
    case .flyway: "files such as V1__create_users.sql"
    case .golangMigrate: "files such as 000001_create_users.up.sql"
    case .dbmate: "files such as 20240501120000_create_users.sql with a line '-- migrate:up'"
    case .goose: "files such as 00001_create_users.sql with a line '-- +goose Up'"
    case .diesel: "folders such as 2024-05-01-120000_create_users with up.sql"
    case .sqlx: "files such as 20240501120000_create_users.sql"
    case .prisma: "folders such as 20240501120000_create_users with migration.sql"
    }
  }

  /// How its tool opens a connection where nobody tells it otherwise; docs/LAYOUTS.md says whence
  /// that is known.
  func connection(_ enforcesForeignKeys: Bool?) -> ToolConnection {
    let isUsual =
      switch self {
      case .sqlx, .diesel, .prisma: true
      case .plain, .flyway, .golangMigrate, .dbmate, .goose: false
      }
    return ToolConnection(
      enforcesForeignKeys: enforcesForeignKeys ?? isUsual, sendsWholeScripts: self == .prisma,
      sendsOneQuery: [.dbmate, .sqlx, .diesel].contains(self), keepsSession: self != .plain,
      restoresRoleAndPath: self == .flyway)
  }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension StringProtocol {
  var isAllDigits: Bool { !isEmpty && utf8.allSatisfy(\.isDigit) }
}
