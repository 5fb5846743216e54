/// What a schema object is. Raw values are on disk and in fingerprints: they never change.
public enum ObjectKind: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case namespace = 1
  case table = 2
  case index = 3
  case view = 4
  case materializedView = 5
  case trigger = 6
  case sequence = 7
  case enumeration = 8
  case domain = 9
  case compositeType = 10
  case routine = 11
  case policy = 12
  case rule = 13
  case `extension` = 14
  case collation = 15
  case opaque = 16
  case setting = 17
  case rangeType = 18
  case `operator` = 19
  case cast = 20
  case statistics = 21
  case publication = 22
  case eventTrigger = 23
  case textSearchDictionary = 24
  case textSearchConfiguration = 25
  case defaultPrivileges = 26

  /// The word of SQL for it: `table`, `materialized view`, ...
  public var description: String {
    switch self {
    case .namespace: "schema"
    case .table: "table"
    case .index: "index"
    case .view: "view"
    case .materializedView: "materialized view"
    case .trigger: "trigger"
    case .sequence: "sequence"
    case .enumeration: "enum"
    case .domain: "domain"
    case .compositeType: "composite type"
    case .routine: "routine"
    case .policy: "policy"
    case .rule: "rule"
    case .extension: "extension"
    case .collation: "collation"
    case .opaque: "opaque"
    case .setting: "setting"
    case .rangeType: "range type"
    case .operator: "operator"
    case .cast: "cast"
    case .statistics: "statistics"
    case .publication: "publication"
    case .eventTrigger: "event trigger"
    case .textSearchDictionary: "text search dictionary"
    case .textSearchConfiguration: "text search configuration"
    case .defaultPrivileges: "default privileges"
    }
  }
}

/// The name of one schema object: its kind, its schema and its own name.
///
/// SQLite's main database is the empty namespace. `table` is set for objects whose names are unique
/// only within a table (PostgreSQL's triggers, policies and rules).
public struct ObjectPath: Hashable, Sendable, CustomStringConvertible {
  public var kind: ObjectKind
  /// The schema it is in; empty where the dialect has none, or the object is in none.
  public var namespace: String
  /// Its own name, unquoted; of a routine with the types of its arguments.
  public var name: String
  /// The table within which the name is unique; nil for all other objects.
  public var table: String?

  public init(_ kind: ObjectKind, namespace: String = "", name: String, table: String? = nil) {
    self.kind = kind
    self.namespace = namespace
    self.name = name
    self.table = table
  }

  /// The path of a table.
  public static func table(_ name: String, namespace: String = "") -> ObjectPath {
    ObjectPath(.table, namespace: namespace, name: name)
  }

  /// `public.users`, or `users` where there is no namespace.
  public var qualifiedName: String {
    let local = table.map { "\($0).\(name)" } ?? name
    return namespace.isEmpty ? local : "\(namespace).\(local)"
  }

  /// `table public.users`.
  public var description: String { "\(kind) \(qualifiedName)" }

  /// The same place under another name.
  public func renamed(_ name: String) -> ObjectPath {
    ObjectPath(kind, namespace: namespace, name: name, table: table)
  }
}

extension ObjectPath: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
    if left.namespace != right.namespace { return left.namespace < right.namespace }
    if left.table != right.table { return (left.table ?? "") < (right.table ?? "") }
    return left.name < right.name
  }
}
