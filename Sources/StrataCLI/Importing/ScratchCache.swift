import SchemaHistory
import SchemaModel
import Storage

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
      // Its baseline makes it anew in less time than its migrations.
      return try? product.rebuilt(id, history).map { ($0.scratch, $0.capture) }
    }
    // It is a store's word: a link would be another database, and its rows may be anybody's.
    guard isOwn, PlaceKind(at: try path(of: id)) == .file,
      let scratch = try product.kept(at: path(of: id))
    else { return nil }
    let before = Capture(schema: try history.schema(at: id), rows: try history.rows(at: id))
    guard let whole = try? scratch.capture(after: before, statements: [Self.anyChange]),
      whole.schema == before.schema, whole.rows == before.rows,
      let capture = try? scratch.capture(after: before, statements: [])
    else {
      scratch.discard()
      return nil
    }
    return (scratch, capture)
  }

  /// A statement that may have changed any row: so that all are read.
  private static var anyChange: ExecutedStatement {
    ExecutedStatement(sql: "UPDATE anything SET changed = 1")
  }

  private var isOwn: Bool { PlaceKind(at: folder) == .folder }

  /// Keeps a head's database. A cache that cannot be written is only slower next time.
  func keep(_ id: RevisionID, _ scratch: P.E.Scratch) {
    guard product.keepsFiles else { return }
    do {
      if PlaceKind(at: folder) == .nothing { try Files.makeDirectory(folder) }
      guard isOwn else { return }
      try product.keep(scratch, at: path(of: id))
    } catch {
      return
    }
  }

  /// Lets go of everything that is no head's.
  func prune() throws {
    guard isOwn else { return }
    let wanted = Set(try history.heads().map { Files.name(of: try path(of: $0)) })
    for name in Files.names(in: folder) where !wanted.contains(name) {
      Files.removeTree("\(folder)/\(name)")
    }
  }
}
