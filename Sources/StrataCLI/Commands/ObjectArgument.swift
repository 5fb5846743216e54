import SchemaHistory
import SchemaModel

/// An OBJECT of the command line where no one revision says which schema it is looked up in.
enum ObjectArgument {
  /// The object of that name at a head; else at the newest revision that had one.
  static func newest(named text: String, in history: History) throws -> ObjectName {
    let heads = try history.heads()
    guard !heads.isEmpty else { throw HistoryError.noRevisions }
    var unknown: (any Error)?
    for head in heads {
      do {
        return try history.object(named: text, at: head)
      } catch HistoryError.unknownObject(let name, let nearest) {
        unknown = unknown ?? HistoryError.unknownObject(name, nearest: nearest)
      }
    }
    for entry in try history.graph().entries.reversed() where !heads.contains(entry.id) {
      if let name = try? history.object(named: text, at: entry.id) { return name }
    }
    throw unknown ?? HistoryError.noRevisions
  }
}
