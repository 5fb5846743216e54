internal import Dispatch
internal import SchemaModel
internal import DialectPostgreSQL

/// A capture's session that is made beside its caller.
///
/// A new session takes longer to connect and to plan its first statements (30 ms) than most captures
/// take, and while a migration runs there is time for it.
final class SessionOpening {
  private let work: Work
  private let queue = DispatchQueue(label: "strata.session")

  /// Touched on the queue only, until it is handed over.
  private final class Work: @unchecked Sendable {
    private var open: () throws -> CatalogSession
    private(set) var result: Result<CatalogSession, any Error>?

    init(_ open: @escaping () throws -> CatalogSession) { self.open = open }

    func run() {
      result = Result {
        let session = try open()
        try session.planUsualStatements()
        return session
      }
    }
  }

  init(_ open: @escaping () throws -> CatalogSession) {
    work = Work(open)
    queue.async { [work] in work.run() }
  }

  /// Waits for it; nil where it could not be made.
  func session() -> CatalogSession? {
    queue.sync { try? work.result?.get() }
  }
}

extension CatalogSession {
  /// What most captures ask, asked about nothing.
  func planUsualStatements() throws {
    let catalogs = ["pg_class", "pg_attribute", "pg_constraint", "pg_index", "pg_depend"]
    _ = try keys(at: Dictionary(uniqueKeysWithValues: catalogs.map { ($0, ["(0,1)"]) }))
    let queries: [PostgreSQL.CatalogQuery] = [.relations, .columns, .constraints, .indexes, .types]
    _ = try execute(
      queries.map { call($0, of: []) }
        + [dependenciesCall([]), SeedState.candidatesCall([], [])])
  }
}
