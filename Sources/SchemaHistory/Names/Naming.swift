public import SchemaModel
import Storage
import StoreFormat

extension History {
  /// The revision that a name means: `head`, an id or the beginning of one, a tag, a label,
  /// `LABEL@head`, `REV~N`, `REV^N`, `@DATE`, `#EVENT`.
  /// - Throws: `HistoryError.unknownRevision` with the nearest ones, `.ambiguousRevision`,
  ///   `.severalHeads`, `.noRevisions`, `.notADate`; `.baseIsNoRevision` for the empty schema.
  public func resolve(_ name: String) throws -> RevisionID {
    guard let id = try point(named: name).revision else {
      throw HistoryError.baseIsNoRevision(first: try graph().bases.first)
    }
    return id
  }

  /// The place that a name means: `base`, which is the empty schema, or what names a revision.
  /// - Throws: as `resolve`, and never `.baseIsNoRevision`.
  public func point(named name: String) throws -> HistoryPoint {
    if let live = try known(name) { return .revision(live) }
    return try inOneState { try pointInOneState(name) }
  }

  /// The places that `A..B` names; nil where the text is no such range, or names a revision as it is.
  /// - Throws: as `point(named:)`.
  public func range(named text: String) throws -> (from: HistoryPoint, to: HistoryPoint)? {
    guard let range = RevisionRange(text), try known(text) == nil else { return nil }
    if let to = range.to, to.utf8.starts(with: ".".utf8) {
      throw HistoryError.unknownRevision(text, nearest: ["A..B, with two dots"])
    }
    return (
      try range.from.map { try point(named: $0) } ?? .base,
      try range.to.map { try point(named: $0) } ?? .revision(head())
    )
  }

  private func pointInOneState(_ name: String) throws -> HistoryPoint {
    if let live = try known(name) { return .revision(live) }
    if let expression = RevisionExpression(name) {
      var id = try resolve(expression.name)
      for step in expression.steps {
        switch step {
        case .back(let count): id = try stepsBack(count, from: id, name)
        case .parent(let number): id = try parent(number, of: id, name)
        }
      }
      return .revision(id)
    }
    switch name {
    case "head", "heads", "HEAD", "@": return .revision(try head())
    case "base": return .base
    default: break
    }
    if name.hasPrefix("#") { return .revision(try revision(ofEvent: name)) }
    if name.hasPrefix("@") {
      return .revision(try newest(notLaterThan: String(name.dropFirst())))
    }
    // The archive is asked last: opening a segment reads all of it, to check its hash.
    if try find(RevisionID(name)) != nil { return .revision(RevisionID(name)) }
    for ending in ["@head", "@heads"] where name.hasSuffix(ending) && name != ending {
      return .revision(try head(behind: String(name.dropLast(ending.count))))
    }
    let meant = VisibleText.read(name)
    if meant == name { return .revision(try withPrefix(name)) }
    // What was printed can be typed.
    return try (try? .revision(withPrefix(name))) ?? point(named: meant)
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
          name,
          nearest: [
            "\(id) (\(step == 0 ? "" : "\(step) steps back, ")the first one)"
          ])
      }
      id = parent
      guard passed.insert(id).inserted else {
        throw HistoryError.store(.inconsistent("the revision \(id) comes before itself"))
      }
    }
    return id
  }

  private func parent(_ number: Int, of id: RevisionID, _ name: String) throws -> RevisionID {
    if number == 0 { return id }
    if number == 1 { return try stepsBack(1, from: id, name) }
    let parents = try entry(id).entry.parents
    guard parents.indices.contains(number - 1), try find(parents[number - 1]) != nil else {
      throw HistoryError.unknownRevision(
        name, nearest: parents.indices.map { "\(id)^\($0 + 1) (\(parents[$0]))" })
    }
    return parents[number - 1]
  }

  /// The one head that a revision, or the one with a label, leads to.
  private func head(behind name: String) throws -> RevisionID {
    let id = try resolve(name)
    let graph = try graph()
    let heads = try heads().filter { graph.ancestors(of: $0).contains(id) }
    guard let head = heads.first else { throw try unknownRevision(name + "@head") }
    guard heads.count == 1 else {
      throw HistoryError.severalHeads(heads, joining: try joining(heads))
    }
    return head
  }

  /// The revision that a branch's label stands on. Labels are in the revisions alone, so all are read.
  func revision(labelled label: String) throws -> RevisionID? {
    var found: RevisionID?
    try forEachLog { log, _ in
      try log.forEachEntry { id, entry in
        guard try log.recordBytes(entry.sequence) != nil,
          try log.revision(entry).revision.labels.contains(label)
        else { return true }
        found = id
        return false
      }
    }
    return found
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

  private func newest(notLaterThan text: String) throws -> RevisionID {
    guard let span = TimeSpan(text, now: Timestamp.now) else { throw HistoryError.notADate(text) }
    var first: (id: RevisionID, time: Timestamp)?
    for entry in try graph().entries.reversed() {
      let recorded = try revision(entry.id)
      let time = recorded.revision.authored ?? recorded.recorded
      if time <= span.last { return entry.id }
      first = (entry.id, time)
    }
    throw HistoryError.unknownRevision(
      "@" + text, nearest: first.map { ["\($0.id), the first one, of \($0.time.day)"] } ?? [])
  }

  private func withPrefix(_ name: String) throws -> RevisionID {
    let shown = 5
    var matches: Set<RevisionID> = []
    if !name.isEmpty {
      try forEachLog { log, _ in
        try log.forEachEntry(prefix: name) { id, _ in
          matches.insert(id)
          return matches.count <= shown
        }
      }
    }
    guard let match = matches.first else {
      if let labelled = try revision(labelled: name) { return labelled }
      throw try unknownRevision(name)
    }
    guard matches.count == 1 else {
      let ids = matches.map(\.text).sorted()
      throw HistoryError.ambiguousRevision(
        name, candidates: ids.prefix(shown) + (ids.count > shown ? ["..."] : []))
    }
    return match
  }

  /// Where a segment was taken away, what is asked for may be in it.
  func unknownRevision(_ name: String) throws -> HistoryError {
    if let missing = try missingSegments().last { return Self.missing(missing, in: store) }
    var names = try graph().entries.map(\.id.text)
    names += try tags().map(\.name)
    if names.isEmpty { return .noRevisions }
    if name.hasPrefix("@") == false, TimeSpan(name, now: Timestamp.now) != nil {
      return .unknownRevision(name, nearest: ["'@\(name)', the newest of that time"])
    }
    return .unknownRevision(name, nearest: NearestNames.find(name, among: names))
  }
}
