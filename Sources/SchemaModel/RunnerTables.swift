/// The names of the tables in which migration tools keep their own place: no part of anybody's
/// schema, unless a history was begun to keep one in.
public struct RunnerTables: Hashable, Sendable {
  /// Those that are well known: for people. A table is not a tool's for its name alone.
  public static let known: Set<String> = Set(
    MigrationTool.allCases.map(\.tableName) + ["alembic_version"])

  /// The tables that are left out of what is captured.
  public private(set) var names: Set<ExactText>
  /// Those that are a part of the schema all the same.
  public let kept: Set<ExactText>

  /// `noted` are the tables that a migration tool was seen to use: whatever else has such a name is
  /// its user's.
  public init(noted: some Sequence<String> = [], kept: some Sequence<String> = []) {
    let kept = Set<ExactText>(kept)
    names = Set<ExactText>(noted).subtracting(kept)
    self.kept = kept
  }

  /// - Returns: whether this name is new, and kept out from now on.
  public mutating func insert(_ name: String) -> Bool {
    !kept.contains(name) && names.insert(name).inserted
  }

  /// Whether a table is left out.
  public func contains(_ name: String) -> Bool { names.contains(name) }
}

extension Capture {
  /// With a warning for each thing that migrations did to the tools' own tables since another capture:
  /// it is a part of no schema, so that no baseline makes it. `writes` are those of them that the
  /// migrations' own statements wrote to.
  public func remarking(since before: Capture, writes: Set<ExactText>) -> Capture {
    let altered = runners.filter { runner in
      before.runners.contains { $0.name == runner.name && $0.definition != runner.definition }
    }
    let come = runnerParts.filter { !before.runnerParts.contains($0) }
    let why = "the migration tool's own table, of which no baseline makes more than the tool itself"
    var capture = self
    capture.warnings += altered.map { "it alters \($0.name), \(why)" }
    capture.warnings += come.map { "it makes \($0), \(why)" }
    capture.warnings += writes.sorted().map { "it writes rows to \($0), \(why)" }
    return capture
  }
}
