import FileSystem
import SchemaHistory
import SchemaModel
import Workflows

/// A name that may stand at the cursor, and a word about it.
struct CompletionCandidate {
  var name: String
  var explanation = ""
}

/// The names in a store that begin as what was typed. Where there is no store, or a damaged one, there
/// are none; nothing is written, and no projection is made.
struct StoreNames {
  private static let revisionsMax = 200
  private static let namesMax = 1000
  private static let headsMax = 8

  private let history: History

  init?(_ location: StoreOptions) {
    guard let store = try? location.locate() else { return nil }
    self.init(at: store)
  }

  init?(at store: String) {
    guard let history = try? History.openForReading(at: store),
      (try? history.stayInOneState()) != nil
    else { return nil }
    self.history = history
  }

  func tags(beginning text: String) -> [CompletionCandidate] {
    let tags = (try? history.tags()) ?? []
    return tags.filter { $0.name.hasPrefix(text) }.prefix(Self.namesMax).map {
      CompletionCandidate(name: $0.name, explanation: "the tag of \($0.revision)")
    }
  }

  /// `head` and the like, the tags, the newest ids.
  func revisions(beginning text: String) -> [CompletionCandidate] {
    let words = [
      CompletionCandidate(name: "head", explanation: "the newest revision"),
      CompletionCandidate(name: "base", explanation: "the oldest revision"),
    ]
    let newest =
      (try? history.newestRevisions(beginning: text, limit: Self.revisionsMax)) ?? []
    return words.filter { $0.name.hasPrefix(text) } + tags(beginning: text)
      + newest.map { found in
        let day = found.revision?.authored.map { String("\($0)".prefix(10)) }
        return CompletionCandidate(
          name: found.id.text,
          explanation: [day, found.revision?.message].compactMap { $0 }.joined(separator: "  "))
      }
  }

  func segments(beginning text: String) -> [CompletionCandidate] {
    let segments = (try? history.segments()) ?? []
    return segments.filter { $0.reference.name.hasPrefix(text) }.suffix(Self.namesMax).map {
      CompletionCandidate(name: $0.reference.name, explanation: "cut at \($0.root)")
    }
  }

  /// Objects, and behind the dot of a table or a view its columns.
  /// - Parameter revision: the one whose objects they are; those of the heads where it is none.
  func objects(
    beginning text: String, at revision: String?, relationsOnly: Bool
  ) -> [CompletionCandidate] {
    var found: [CompletionCandidate] = []
    var seen: Set<ExactText> = []
    for id in revisions(revision) {
      for path in (try? history.paths(at: id)) ?? [] where found.count < Self.namesMax {
        let isRelation = Self.relations.contains(path.kind)
        if relationsOnly, !isRelation { continue }
        for name in spellings(of: path, typed: text, isRelation: isRelation) {
          if name.hasPrefix(text), seen.insert(name).inserted {
            found.append(CompletionCandidate(name: name, explanation: "\(path.kind)"))
          }
          guard isRelation, text.hasPrefix(name + ".") else { continue }
          for column in columns(of: path, at: id).map({ "\(name).\($0)" })
          where column.hasPrefix(text) && seen.insert(column).inserted {
            found.append(CompletionCandidate(name: column, explanation: "column"))
          }
        }
      }
    }
    return found
  }

  func columns(of object: String, at revision: String?, beginning text: String)
    -> [CompletionCandidate]
  {
    guard let id = revisions(revision).first,
      let name = try? history.object(named: object, at: id)
    else { return [] }
    return columns(of: name.path, at: id).filter { $0.hasPrefix(text) }
      .map { CompletionCandidate(name: $0) }
  }

  private static let relations: [ObjectKind] = [.table, .view, .materializedView]

  /// Without anything typed relations alone, each by its shortest name.
  private func spellings(
    of path: ObjectPath, typed text: String, isRelation: Bool
  ) -> [String] {
    let isPlain = path.namespace.isEmpty || path.namespace == history.defaultNamespace
    if text.isEmpty { return isRelation ? [isPlain ? path.name : path.qualifiedName] : [] }
    var names = isPlain ? [path.name] : []
    if !path.namespace.isEmpty { names.append(path.qualifiedName) }
    return names + names.map { "\(path.kind):\($0)" }
  }

  private func columns(of path: ObjectPath, at id: RevisionID) -> [String] {
    let object = try? history.object(path, at: id)
    return (object?.table?.columns ?? []).map(\.name)
  }

  private func revisions(_ name: String?) -> [RevisionID] {
    if let name, let id = try? history.resolve(name) { return [id] }
    return Array(((try? history.heads()) ?? []).prefix(Self.headsMax))
  }
}
