public import SchemaModel
import Storage
import StoreFormat

extension History {
  /// The revision that a name means: `head`, `heads`, `base`, an id, a prefix of 4 characters or
  /// more, a tag, `REV~N`, `@DATE`, `#EVENT`.
  /// - Throws: `HistoryError.unknownRevision` with the nearest ones, `.ambiguousRevision`,
  ///   `.severalHeads`, `.noRevisions`, `.notADate`.
  public func resolve(_ name: String) throws -> RevisionID {
    if let live = try known(name) { return live }
    return try inOneState { try resolveInOneState(name) }
  }

  private func resolveInOneState(_ name: String) throws -> RevisionID {
    if let live = try known(name) { return live }
    if let tilde = name.lastIndex(of: "~"), tilde != name.startIndex {
      let steps = name[name.index(after: tilde)...]
      guard let count = steps.isEmpty ? 1 : Int(steps), count >= 0 else {
        throw try unknownRevision(name)
      }
      return try stepsBack(count, from: resolve(String(name[..<tilde])), name)
    }
    switch name {
    case "head", "heads": return try head()
    case "base": return try base()
    default: break
    }
    if name.hasPrefix("#") { return try revision(ofEvent: name) }
    if name.hasPrefix("@") { return try newest(notLaterThan: String(name.dropFirst())) }
    // The archive is asked last: opening a segment reads all of it, to check its hash.
    if try find(RevisionID(name)) != nil { return RevisionID(name) }
    let meant = VisibleText.read(name)
    if meant == name { return try withPrefix(name) }
    // What was printed can be typed.
    return try (try? withPrefix(name)) ?? resolve(meant)
  }

  /// An id of the live log, or a tag, as it is.
  private func known(_ name: String) throws -> RevisionID? {
    try read { log in
      try log.entry(RevisionID(name)).map { _ in RevisionID(name) } ?? log.tag(name)
    }
  }

  private func stepsBack(
    _ count: Int, from start: RevisionID, _ name: String
  ) throws -> RevisionID {
    var id = start
    var passed: Set<RevisionID> = [start]
    for step in 0..<count {
      guard let parent = try entry(id).entry.parents.first, try find(parent) != nil else {
        throw HistoryError.unknownRevision(
          name, nearest: ["\(id) (\(step) steps back, the first one)"])
      }
      id = parent
      guard passed.insert(id).inserted else {
        throw HistoryError.store(.inconsistent("the revision \(id) comes before itself"))
      }
    }
    return id
  }

  private func base() throws -> RevisionID {
    let bases = try graph().bases
    guard let base = bases.first else { throw HistoryError.noRevisions }
    guard bases.count == 1 else {
      throw HistoryError.ambiguousRevision("base", candidates: bases.map(\.text))
    }
    return base
  }

  private func revision(ofEvent name: String) throws -> RevisionID {
    guard let number = UInt64(name.dropFirst()), number > 0,
      number <= (try read { try $0.state().lastSequence.value })
    else { throw try unknownRevision(name) }
    let sequence = EventSequence(number)
    return try withLog(holding: sequence) { log in
      switch try log.event(sequence).event.fact {
      case .revisionRecorded(let revision): return revision.id
      case .operation(_, let sequence):
        if case .revisionRecorded(let revision) = try log.event(sequence).event.fact {
          return revision.id
        }
      case .tagged(_, let id): return id
      case .truncated(let truncation): return truncation.root
      default: break
      }
      throw HistoryError.unknownRevision(name, nearest: ["an event of a revision"])
    }
  }

  /// A bare day means its last moment.
  private func newest(notLaterThan text: String) throws -> RevisionID {
    guard let date = Timestamp(text) else { throw HistoryError.notADate(text) }
    let limit =
      Timestamp.isDayOnly(text)
      ? Timestamp(milliseconds: date.milliseconds + 86_399_999) : date
    for entry in try graph().entries.reversed() {
      let recorded = try revision(entry.id)
      if (recorded.revision.authored ?? recorded.recorded) <= limit { return entry.id }
    }
    throw HistoryError.unknownRevision("@" + text, nearest: [])
  }

  private func withPrefix(_ name: String) throws -> RevisionID {
    var matches: Set<RevisionID> = []
    if name.count >= 4 {
      try forEachLog { log, _ in
        try log.forEachEntry(prefix: name) { id, _ in
          matches.insert(id)
          return matches.count < 20
        }
      }
    }
    guard let match = matches.first else { throw try unknownRevision(name) }
    guard matches.count == 1 else {
      throw HistoryError.ambiguousRevision(name, candidates: matches.map(\.text).sorted())
    }
    return match
  }

  /// Where a segment was taken away, what is asked for may be in it.
  func unknownRevision(_ name: String) throws -> HistoryError {
    if let missing = try missingSegments().last { return Self.missing(missing, in: store) }
    var names = try graph().entries.map(\.id.text)
    names += try tags().map(\.name)
    if names.isEmpty { return .noRevisions }
    return .unknownRevision(name, nearest: NearestNames.find(name, among: names))
  }
}
