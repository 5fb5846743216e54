/// The names of the tables in which migration tools keep their own place: no part of anybody's
/// schema, unless a history was begun to keep one in.
public struct RunnerTables: Hashable, Sendable {
  /// Those that every history keeps out.
  public static let known: Set<String> = [
    "alembic_version", "schema_migrations", "flyway_schema_history", "goose_db_version",
    "__diesel_schema_migrations", "_sqlx_migrations", "_prisma_migrations",
  ]

  /// The tables that are left out of what is captured.
  public private(set) var names: Set<String>
  /// Those that are a part of the schema all the same.
  public let kept: Set<String>

  /// `noted` are tables of other names, which a migration tool was seen to use.
  public init(noted: some Sequence<String> = [], kept: Set<String> = []) {
    names = Self.known.union(noted).subtracting(kept)
    self.kept = kept
  }

  /// - Returns: whether this name is new, and kept out from now on.
  public mutating func insert(_ name: String) -> Bool {
    !kept.contains(name) && names.insert(name).inserted
  }

  /// Whether a table is left out.
  public func contains(_ name: String) -> Bool { names.contains(name) }
}
