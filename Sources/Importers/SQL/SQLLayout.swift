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
}

/// A version as tools compare them: runs of digits by value, everything else by its bytes.
struct NaturalOrder: Hashable, Comparable {
  private enum Piece: Hashable {
    /// Without leading zeros.
    case number([UInt8])
    case text([UInt8])
  }

  private let pieces: [Piece]

  init(_ text: some StringProtocol) {
    var pieces: [Piece] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      let isNumber = first.isDigit
      let run = rest.prefix { $0.isDigit == isNumber }
      rest = rest.dropFirst(run.count)
      pieces.append(
        isNumber ? .number(Array(run.drop { $0 == UInt8(ascii: "0") })) : .text(Array(run)))
    }
    self.pieces = pieces
  }

  static func < (left: Self, right: Self) -> Bool {
    for (one, other) in zip(left.pieces, right.pieces) where one != other {
      switch (one, other) {
      case (.number(let a), .number(let b)):
        return a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count < b.count
      case (.text(let a), .text(let b)): return a.lexicographicallyPrecedes(b)
      case (.number, .text): return true
      case (.text, .number): return false
      }
    }
    return left.pieces.count < right.pieces.count
  }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension StringProtocol {
  var isAllDigits: Bool { !isEmpty && utf8.allSatisfy(\.isDigit) }
}
