public import SchemaModel
import Storage
import StoreFormat

/// What a history knows of an object, or a column, that is not there at a revision.
public struct Absence: Hashable, Sendable, CustomStringConvertible {
  /// What may have become of it.
  public enum Reason: Hashable, Sendable {
    case dropped
    /// To a name, as it can be asked for.
    case renamed(String)
    /// What made it came later.
    case notYet
    /// What made it is on another branch.
    case elsewhere
  }

  /// `table users`, `column users.mail`.
  public var what: String
  /// Why it is not there.
  public var reason: Reason
  /// The revision that dropped, renamed or made it.
  public var revision: BlameRevision
  /// What finds it: the name that it has now, `--at` a revision that had it.
  public var hints: [String] = []

  /// What happened, and where to look.
  public var description: String {
    let by = revision.author.map { ", \($0)" } ?? ""
    let place = "\(revision.id) (\(revision.date.day)\(by))"
    let advice = hints.isEmpty ? "" : "; try " + hints.joined(separator: ", or ")
    return switch reason {
    case .dropped: "\(what) was dropped in \(place)\(advice)"
    case .renamed(let name): "\(what) was renamed to \(name) in \(place)\(advice)"
    case .notYet: "\(what) came later, in \(place)"
    case .elsewhere: "\(what) is of another branch, made in \(place); try --at \(revision.id)"
    }
  }
}

extension History {
  /// What became of what a name meant, where it means nothing at a revision; nil where the history
  /// has never had it, or has it.
  public func absence(of name: String, at id: RevisionID) throws -> Absence? {
    try inOneState { try AbsenceSearch(history: self, at: id).absence(of: name) }
  }
}

/// Looks for the last operation that took a name away, or the first that gave it.
private struct AbsenceSearch {
  let history: History
  let id: RevisionID
  let graph: RevisionGraph
  let ancestors: Set<EventSequence>

  init(history: History, at id: RevisionID) throws {
    self.history = history
    self.id = id
    graph = try history.graph()
    ancestors = Set(graph.ordered(graph.ancestors(of: id)).map(\.sequence))
  }

  func absence(of name: String) throws -> Absence? {
    let whole = name
    let name = VisibleText.read(name)
    for path in ObjectNameReading.candidates(name, history.defaultNamespace) {
      if let found = try absence(of: path) { return try hinted(found, whole) }
    }
    guard let dot = name.lastIndex(of: ".") else { return nil }
    let column = String(name[name.index(after: dot)...])
    let table = String(name[..<dot])
    for path in ObjectNameReading.candidates(table, history.defaultNamespace)
    where path.kind == .table {
      for found in [try absence(of: path), try absence(ofColumn: column, in: path)] {
        // Where the name means nothing just before, it was another one's.
        guard let found = try found.map({ try hinted($0, whole) }) else { continue }
        if !found.hints.isEmpty || found.reason == .notYet || found.reason == .elsewhere {
          return found
        }
      }
    }
    return nil
  }

  /// Only what helps is advised.
  private func hinted(_ absence: Absence, _ name: String) throws -> Absence {
    var found = absence
    if case .renamed(let now) = absence.reason, (try? history.find(objectNamed: now, at: id)) != nil
    {
      found.hints.append(now)
    }
    switch absence.reason {
    case .dropped, .renamed:
      let before = try history.find(absence.revision.id)?.entry.parents.first
      if let before, (try? history.find(objectNamed: name, at: before)) != nil {
        found.hints.append("--at \(absence.revision.id)~1")
      }
    default: break
    }
    return found
  }

  private func absence(of path: ObjectPath) throws -> Absence? {
    try absence("\(path.kind) \(path.qualifiedName)", touching: path) { operation in
      switch operation {
      case .dropObject(let drop) where drop.path == path: .dropped
      case .renameObject(let rename) where rename.path == path:
        .renamed(rename.newPath.qualifiedName)
      case .createObject(let create) where create.path == path: .made
      case .renameObject(let rename) where rename.newPath == path: .made
      default: nil
      }
    }
  }

  private func absence(ofColumn column: String, in table: ObjectPath) throws -> Absence? {
    let name = table.qualifiedName
    return try absence("column \(name).\(column)", touching: table) { operation in
      switch operation {
      case .dropColumn(let drop) where drop.column.name == column: .dropped
      case .renameColumn(let rename) where rename.name == column:
        .renamed("\(name).\(rename.newName)")
      case .addColumn(let add) where add.column.name == column: .made
      case .renameColumn(let rename) where rename.newName == column: .made
      case .createObject(let create)
      where create.path == table && create.object.table?.column(named: column) != nil:
        .made
      default: nil
      }
    }
  }

  private enum Turn {
    case dropped
    case renamed(String)
    case made
  }

  private func absence(
    _ what: String, touching path: ObjectPath, _ turn: (SchemaModel.Operation) -> Turn?
  ) throws -> Absence? {
    let touches = try history.touches(of: path)
    for sequence in touches.reversed() where ancestors.contains(sequence) {
      for recorded in try history.operations(at: sequence, naming: path).reversed() {
        let reason: Absence.Reason
        switch turn(recorded.operation) {
        case .dropped: reason = .dropped
        case .renamed(let name): reason = .renamed(name)
        // It is there, so it was something else that was asked for.
        case .made: return nil
        case nil: continue
        }
        return Absence(
          what: what, reason: reason, revision: try history.blameRevision(at: sequence))
      }
    }
    for sequence in touches where !ancestors.contains(sequence) {
      let makes = try history.operations(at: sequence, naming: path).contains {
        if case .made = turn($0.operation) { true } else { false }
      }
      guard makes else { continue }
      let revision = try history.blameRevision(at: sequence)
      let isLater = graph.ancestors(of: revision.id).contains(id)
      return Absence(what: what, reason: isLater ? .notYet : .elsewhere, revision: revision)
    }
    return nil
  }
}

extension History {
  /// The revision whose event has a sequence, as blame names it.
  func blameRevision(at sequence: EventSequence) throws -> BlameRevision {
    let first = try state().firstSequence
    return try withLog(holding: sequence) { log in
      let record = try log.event(sequence)
      guard case .revisionRecorded(let revision) = record.event.fact else {
        throw StoreError.inconsistent("event \(sequence) is no revision")
      }
      return BlameRevision(
        id: revision.id, author: revision.author, authored: revision.authored,
        date: revision.authored ?? record.event.time, message: revision.message,
        isArchived: sequence < first)
    }
  }
}
