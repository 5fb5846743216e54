import SchemaModel
import LMDB
import StoreFormat

/// The named databases of one log environment.
struct LogDatabases: Sendable {
  let meta: Database
  let events: Database
  let revisions: Database
  let nodes: Database
  let touches: Database
  let tags: Database

  /// - Throws: `StoreError.notAStore` where one is missing and not to be created.
  init(in environment: Environment, create: Bool) throws {
    func database(_ name: String) throws -> Database {
      if create { return try environment.database(name, create: true) }
      guard let found = try environment.existingDatabase(name) else {
        throw StoreError.notAStore(environment.path)
      }
      return found
    }
    meta = try database(Keys.meta)
    events = try database(Keys.events)
    revisions = try database(Keys.revisions)
    nodes = try database(Keys.nodes)
    touches = try database(Keys.touches)
    tags = try database(Keys.tags)
  }
}
