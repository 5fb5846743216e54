import SchemaModel
import Storage
import StoreFormat

// Behind a hole no event can stay as it was recorded: it links to what is gone. What it says is carried
// over: a revision with its schema, rows, text, author and time, in a new event of a new hash.

/// One event that is carried over.
struct CarriedItem {
  enum Content {
    case revision(Revision)
    /// A revision of which only the cut at it tells.
    case root(Truncation)
    case fact(Event.Fact)
    case cut(Truncation)
    /// It signs what is before it, as long as that is as it was.
    case signature([UInt8], EventRecord)
  }

  var sequence: EventSequence
  var time: Timestamp
  var actor: String
  var content: Content
}

/// What lies behind the first hole, in the order in which it is carried over.
struct CarriedItems {
  private(set) var items: [CarriedItem] = []
  /// By the sequences of their revisions' events, with their own.
  private(set) var operations: [EventSequence: [(sequence: EventSequence, operation: Operation)]] =
    [:]
  private(set) var restorationCount = 0

  init(_ records: [Int], in found: FoundContents, known: Set<RevisionID>) throws {
    var cuts: [(sequence: EventSequence, truncation: Truncation)] = []
    var events: [Event] = []
    var ids = known
    for index in records {
      do {
        let (bytes, record) = try found.record(index)
        events.append(record.event)
        if case .signed = record.event.fact {
          items.append(
            CarriedItem(
              sequence: record.event.sequence, time: record.event.time, actor: record.event.actor,
              content: .signature(bytes, record)))
        }
      } catch let error as FormatError {
        if error.isNewer { throw StoreError.damaged("an event", error) }
      }
    }
    for event in events {
      switch event.fact {
      case .revisionRecorded(let revision): ids.insert(revision.id)
      case .truncated(let truncation): cuts.append((event.sequence, truncation))
      case .restored(let restoration):
        restorationCount += 1
        if cuts.last?.sequence == restoration.truncation { cuts.removeLast() }
      default: break
      }
    }
    let inForce = Set(cuts.map(\.sequence))
    for event in events { add(event, isCut: inForce.contains(event.sequence), &ids) }
    items.sort { $0.sequence < $1.sequence }
  }

  private mutating func add(_ event: Event, isCut: Bool, _ ids: inout Set<RevisionID>) {
    func item(_ content: CarriedItem.Content, at sequence: EventSequence? = nil) -> CarriedItem {
      CarriedItem(
        sequence: sequence ?? event.sequence, time: event.time, actor: event.actor,
        content: content)
    }
    switch event.fact {
    case .opened, .restored, .signed: break
    case .operation(let operation, let owner):
      operations[owner, default: []].append((event.sequence, operation))
    case .revisionRecorded(let revision): items.append(item(.revision(revision)))
    case .tagged, .tagDeleted, .runnerNoted: items.append(item(.fact(event.fact)))
    case .truncated(let truncation):
      // Whatever its segment held lay before all that the log holds of later events.
      if ids.insert(truncation.root).inserted {
        items.append(item(.root(truncation), at: truncation.segment.last))
      }
      if isCut { items.append(item(.cut(truncation))) }
    }
  }

  /// Operations by the events of their revisions, where those are gone.
  var ownerless: [(owner: EventSequence, count: Int)] {
    let owners = Set(
      items.compactMap { item in if case .revision = item.content { item.sequence } else { nil } })
    return operations.filter { !owners.contains($0.key) }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value.count) }
  }

  /// A revision's operations where all of them are there; else nil.
  func whole(_ revision: Revision, at sequence: EventSequence) -> [Operation]? {
    let found = operations[sequence] ?? []
    let expected = (0..<found.count).map { sequence.value &+ UInt64($0) &+ 1 }
    guard found.count == revision.operationCount, found.map(\.sequence.value) == expected else {
      return nil
    }
    return found.map(\.operation)
  }
}

extension SalvageBuilder {
  /// Carries over what can be.
  func carry(_ items: CarriedItems, hints: ProjectionHints, opening: Opening?) throws {
    if store == nil, let opening {
      store = try Store.create(at: directory, opening: opening, by: actor, now: Timestamp.now)
      report.rewrittenCount += 1
    }
    guard let store else { return }
    var rest = items.items[...]
    var lost: [RevisionID: Revision] = [:]
    while !rest.isEmpty {
      progress("events behind the hole", items.items.count - rest.count, items.items.count)
      var batch: [CarriedItem] = []
      var cut: (item: CarriedItem, truncation: Truncation)?
      while batch.count < 500, cut == nil, let item = rest.popFirst() {
        if case .cut(let truncation) = item.content {
          cut = (item, truncation)
        } else {
          batch.append(item)
        }
      }
      if !batch.isEmpty {
        try store.write { log in
          for item in batch { try carry(item, items, hints, &lost, log) }
        }
      }
      if let cut { try repeatCut(cut.truncation, cut.item, in: store) }
    }
    for revision in lost.values { keepText(of: revision) }
  }

  private func carry(
    _ item: CarriedItem, _ items: CarriedItems, _ hints: ProjectionHints,
    _ lost: inout [RevisionID: Revision], _ log: LogWriter
  ) throws {
    switch item.content {
    case .revision(let revision):
      var carried = CarriedRevision(
        builder: self, log: log, original: revision,
        operations: items.whole(revision, at: item.sequence), lost: lost, hints: hints)
      if try !carried.take(at: item.time, by: item.actor) { lost[revision.id] = revision }
    case .root(let truncation):
      var carried = CarriedRevision(
        builder: self, log: log, original: truncation.revision, operations: nil, lost: lost,
        hints: hints)
      carried.schema = truncation.schema
      if try !carried.take(at: item.time, by: item.actor) {
        lost[truncation.root] = truncation.revision
      }
    case .fact(let fact): try carry(fact, item, log)
    case .signature(let bytes, let record):
      guard item.sequence == log.state.lastSequence.next, record.previous == log.state.lastHash
      else {
        lostSignatureCount += 1
        return
      }
      try log.append(recorded: bytes, record)
      report.rewrittenCount += 1
    case .cut: break
    }
  }

  private func carry(_ fact: Event.Fact, _ item: CarriedItem, _ log: LogWriter) throws {
    switch fact {
    case .tagged(let name, let id):
      guard try archived[id] != nil || log.reader.entry(id) != nil else {
        return report.lose(
          "tag \(VisibleText.line(name))", "not taken: its revision \(id) is lost")
      }
      try log.append(fact, at: item.time, by: item.actor)
      try log.setTag(name, id)
    case .tagDeleted(let name):
      guard try log.reader.tag(name) != nil else { return }
      try log.append(fact, at: item.time, by: item.actor)
      try log.setTag(name, nil)
    case .runnerNoted(let runner):
      log.state.runners.removeAll { $0.name == runner.name }
      log.state.runners.append(runner)
      try log.append(fact, at: item.time, by: item.actor)
    default: return
    }
    report.rewrittenCount += 1
  }

  /// Archives again what was archived, where there is anything before the cut.
  private func repeatCut(_ truncation: Truncation, _ item: CarriedItem, in store: Store) throws {
    let place = "the cut at \(truncation.root)"
    do {
      let history = try History.open(at: directory)
      guard try history.graph()[truncation.root]?.parents.isEmpty == false else {
        return report.lose(
          place,
          "not repeated: nothing of what it archived is there, and the history begins with it")
      }
      let plan = try history.planTruncation(at: truncation.root)
      try history.repeatCut(plan, like: truncation, at: item.time, by: item.actor) { log in
        let nodes = SalvageNodes(found: self.found, log: log)
        for hash in (truncation.folder?.added ?? [:]).values { try? nodes.take(node: hash) }
      }
      note(truncation.folder)
      report.rewrittenCount += 1
    } catch let error as HistoryError {
      report.lose(place, "not repeated, its revisions are in the log again: \(error)")
    }
  }
}

extension History {
  /// Cuts as it was cut before, with another segment.
  fileprivate func repeatCut(
    _ plan: TruncationPlan, like old: Truncation, at time: Timestamp, by actor: String,
    _ keep: (LogWriter) throws -> Void
  ) throws {
    let segmentPlan = SegmentPlan(
      root: plan.root, revisions: plan.archived, heads: [plan.root] + plan.archivedHeads,
      first: plan.firstEvent, last: plan.lastEvent, tail: plan.tail)
    let segment = try store.writeSegment(segmentPlan)
    try store.write { log in
      try keep(log)
      let truncation = Truncation(
        revision: plan.rootRevision.revision, schema: plan.schema, segment: segment,
        reason: old.reason, folder: old.folder, proof: old.proof)
      try log.truncate(segmentPlan, truncation, pending: nil, at: time, by: actor)
    }
  }
}
