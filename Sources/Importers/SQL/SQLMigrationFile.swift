import SchemaModel

/// One migration as its layout's reader found it.
struct SQLMigrationFile {
  /// As it is spelled; nil where the layout has none, so that the stem decides.
  var version: String?
  /// The name without version markers and suffixes: `001_create_users`.
  var stem: String
  /// The part of the name that says what it does.
  var title: String
  /// What it is sorted by.
  var order: VersionOrder
  /// Relative to the folder.
  var upPath: String
  var downPath: String?
  /// Runs after every versioned one (Flyway's repeatables).
  var isLast = false
  /// Files that say how this one is run, relative to the folder; they need not be there.
  var settingPaths: [String] = []
  /// Other files that are about this one alone, relative to the folder; they need not be there.
  var companions: [String] = []
  /// The folder that is this migration's own, relative to the whole one.
  var ownFolder: String?
}

/// A name such as `001_create-users`: digits first, then what it is about.
struct VersionedName {
  var version: String
  var title: String

  /// Nil where the name does not begin with a number and `separator`.
  init?(_ stem: some StringProtocol, separator: String = "_") {
    guard let range = stem.firstRange(of: separator) else { return nil }
    let version = stem[..<range.lowerBound]
    guard version.isAllDigits else { return nil }
    self.version = String(version)
    title = String(stem[range.upperBound...])
  }
}

/// A name that dbmate takes, by its `^(\d+).*\.sql$`: `20240501120000_users.sql`, `4.sql`.
struct DbmateName {
  var version: String
  var title: String

  init?(_ name: String) {
    guard name.hasSuffix(".sql") else { return nil }
    let stem = name.dropLast(4)
    let digits = stem.utf8.prefix(while: \.isDigit)
    guard !digits.isEmpty else { return nil }
    version = String(decoding: digits, as: UTF8.self)
    title = String(stem.dropFirst(digits.count).drop { "_-. ".contains($0) })
  }
}

/// A name that golang-migrate takes, by its `^([0-9]+)_(.*)\.(down|up)\.(.*)$`: whatever stands
/// behind the direction is an extension.
struct GolangName {
  var version: String
  var title: String
  var isUp: Bool

  init?(_ name: String) {
    guard let parts = VersionedName(name) else { return nil }
    // The first group is greedy: the last direction counts.
    let up = parts.title.ranges(of: ".up.").last
    let down = parts.title.ranges(of: ".down.").last
    guard let direction = [up, down].compactMap({ $0 }).max(by: { $0.lowerBound < $1.lowerBound })
    else { return nil }
    version = parts.version
    title = String(parts.title[..<direction.lowerBound])
    isUp = direction == up
  }
}

/// `create_users-table` as a message: `create users table`.
func humanised(_ title: String) -> String {
  title.split { $0 == "_" || $0 == "-" || $0 == " " }.joined(separator: " ")
}

/// The moment that a version such as `20240501120000` or `2024-05-01-120000` names.
func timestamp(ofVersion version: String) -> Timestamp? {
  let digits = version.filter { $0 != "-" }
  guard digits.count == 14, digits.isAllDigits else { return nil }
  let parts = Array(digits)
  func part(_ range: Range<Int>) -> String { String(parts[range]) }
  return Timestamp(
    "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z"
  )
}
