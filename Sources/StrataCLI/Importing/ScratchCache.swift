import EnginePostgreSQL
import SchemaHistory
import SchemaModel

/// The scratch databases of the heads, kept in the store so that new revisions run on them. They
/// are disposable: one that is missing or does not show the recorded schema is made anew.
struct ScratchCache<P: Product> {
  let history: History
  let product: P

  private var folder: String { history.directory + "/scratch" }

  private func path(of id: RevisionID) throws -> String {
    let recorded = try history.revision(id)
    return "\(folder)/\(recorded.sequence.value)-\(recorded.revision.snapshot.short).db"
  }

  /// The database that holds exactly `id` and its ancestors; nil where there is none.
  func cached(_ id: RevisionID) throws -> (P.E.Scratch, Capture)? {
    guard product.keepsFiles else {
      // Its baseline makes it anew in less time than its migrations, but not the roles that they
      // made on a server of the user's.
      if product.sharesRoles, try mayHaveMadeRoles(id) { return nil }
      return try? product.rebuilt(id, history).map { ($0.scratch, $0.capture) }
    }
    guard let scratch = try product.kept(at: path(of: id)) else { return nil }
    let before = Capture(schema: try history.schema(at: id), rows: try history.rows(at: id))
    guard let capture = try? scratch.capture(after: before, statements: []),
      capture.schema == before.schema
    else {
      scratch.discard()
      return nil
    }
    return (scratch, capture)
  }

  private func mayHaveMadeRoles(_ id: RevisionID) throws -> Bool {
    try history.graph().ancestors(of: id).union([id]).contains { revision in
      guard let source = try history.source(of: revision) else { return false }
      return PostgreSQLEngine.mayMakeRoles(String(decoding: source.up, as: UTF8.self))
    }
  }

  /// Keeps a head's database. A cache that cannot be written is only slower next time.
  func keep(_ id: RevisionID, _ scratch: P.E.Scratch) {
    guard product.keepsFiles else { return }
    do {
      try Files.makeDirectory(folder)
      try product.keep(scratch, at: path(of: id))
    } catch {
      return
    }
  }

  /// Lets go of everything that is no head's.
  func prune() throws {
    let wanted = Set(try history.heads().map { Files.name(of: try path(of: $0)) })
    for name in Files.names(in: folder) where !wanted.contains(name) {
      Files.removeTree("\(folder)/\(name)")
    }
  }
}
