import SchemaHistory
import SchemaModel

/// The scratch databases of the heads, kept in the store so that new revisions run on them. They
/// are disposable: one that is missing, or is not proved to hold exactly what was recorded, is made
/// anew.
struct ScratchCache<P: Product> {
  let history: History
  let product: P
  /// Hears why a database is made by running migrations again.
  var note: (String) -> Void = { _ in }
  private let roleMakers = RoleMakers()

  /// The revisions that may have made roles, looked for once.
  private final class RoleMakers {
    var isUnread = true
    var ids: Set<RevisionID> = []
  }

  init(history: History, product: P) {
    self.history = history
    self.product = product
  }

  private func name(of id: RevisionID) throws -> String {
    let recorded = try history.revision(id)
    return "\(recorded.sequence.value)-\(recorded.revision.snapshot.short).db"
  }

  /// The database that holds exactly `id` and its ancestors; nil where there is none.
  /// Another version of the engine may show it otherwise.
  func cached(_ id: RevisionID) throws -> RebuiltScratch<P.E.Scratch>? {
    let recorded = Capture(schema: try history.schema(at: id), rows: try history.rows(at: id))
    if let (scratch, capture) = try kept(id, recorded) {
      return RebuiltScratch(scratch: scratch, capture: capture, isJudgedAnew: false)
    }
    // Migrations that run again may leave other rows than those that were recorded; the baseline
    // gives these, and in less time. It does not give roles that they made on a server of the user's.
    let obstacle: String
    if !product.isWhole(inBaselineOf: recorded.schema) {
      obstacle = "it has rows that nobody can read"
    } else if try product.sharesRoles && mayHaveMadeRoles(id) {
      obstacle = "its migrations may make roles, which are gone from the server"
    } else {
      do {
        if let rebuilt = try product.rebuilt(id, history) { return rebuilt }
        obstacle = "it gives another schema"
      } catch {
        let line = Message(of: error).description.prefix { !$0.isNewline }
        // What follows the colon stands on the lines that are left out here.
        obstacle = String(line.last == ":" ? line.dropLast() : line)
      }
    }
    note("the baseline of \(id) does not make what was recorded: \(obstacle)")
    return nil
  }

  private func kept(_ id: RevisionID, _ recorded: Capture) throws -> (P.E.Scratch, Capture)? {
    guard product.keepsFiles, let folder = ScratchFolder(of: history.directory) else { return nil }
    let runners = try history.runners()
    return try folder.read(name(of: id)) { file in
      try? product.kept(in: file, as: recorded, runners: runners, version: id)
    }
  }

  private func mayHaveMadeRoles(_ id: RevisionID) throws -> Bool {
    if roleMakers.isUnread {
      roleMakers.isUnread = false
      for entry in try history.graph().entries {
        if let source = try history.source(of: entry.id),
          product.mayMakeRoles(String(decoding: source.up, as: UTF8.self))
        {
          roleMakers.ids.insert(entry.id)
        }
      }
    }
    if roleMakers.ids.isEmpty { return false }
    return try !history.graph().ancestors(of: id).union([id]).isDisjoint(with: roleMakers.ids)
  }

  /// Keeps a head's database. A cache that cannot be written is only slower next time.
  func keep(_ id: RevisionID, _ scratch: P.E.Scratch) {
    guard product.keepsFiles, let folder = ScratchFolder(of: history.directory, making: true)
    else { return }
    try? folder.write(name(of: id)) { try product.keep(scratch, in: $0) }
  }

  /// Lets go of everything that is no head's.
  func prune() throws {
    guard let folder = ScratchFolder(of: history.directory) else { return }
    let wanted = Set(try history.heads().map { try name(of: $0) })
    for name in folder.names() where !wanted.contains(name) { folder.remove(name) }
  }
}
