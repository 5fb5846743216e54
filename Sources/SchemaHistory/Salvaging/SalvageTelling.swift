import SchemaModel
import Storage
import StoreFormat

extension Salvage {
  /// Carries over what lies behind, and says what is lost.
  func describe(
    _ selection: SalvageSelection, _ builder: SalvageBuilder, _ hints: ProjectionHints
  ) throws {
    let found = selection.found
    let items = try CarriedItems(
      selection.scattered, in: found,
      known: Set(builder.archived.keys).union(builder.graph.entries.map(\.id)))
    let opening = dialect(found, hints).map { dialect in
      Opening(
        dialect: dialect, writer: "strata \(History.version)",
        keptTables: found.states.last { $0.dialect == dialect }?.keptTables ?? [])
    }
    guard builder.store != nil || opening != nil else {
      throw StoreError.inconsistent(
        "no event of it is left, and nothing says of which product it is")
    }
    for hole in selection.holes { builder.report.lose(hole, found, hints) }
    let place = builder.report.losses.count
    for (owner, count) in items.ownerless {
      builder.report.lose(
        "\(Plural.text(count, "operation")) of event \(owner)",
        "not taken: the revision that they belong to is lost; what they changed is told with the next one"
      )
    }
    if items.restorationCount > 0 {
      builder.report.lose(
        "restorations", "\(items.restorationCount) not repeated: what they brought back is taken")
    }
    try builder.carry(items, hints: hints, opening: opening)
    try describe(changesOf: selection.scattered, builder, at: place)
    tellOthers(selection, builder, hints)
    for file in found.reports {
      let count = (selection.unbroken + selection.scattered).count {
        found.file(of: $0) == file.name
      }
      if count > 0 { builder.report.origins.append(.init(name: file.name, eventCount: count)) }
      if file.unreadablePageCount > 0 {
        builder.report.lose(
          file.name, "\(file.unreadablePageCount) pages cannot be read from the disk")
      }
    }
  }

  /// Of what was carried over, what is not as it was: where all that a cut needs was found, what follows it
  /// may be the same to the byte.
  private func describe(
    changesOf scattered: [Int], _ builder: SalvageBuilder, at place: Int
  ) throws {
    let links = builder.found.links
    let first = try builder.firstChanged(of: scattered)
    if first == nil { try builder.resumePending(scattered) }
    var losses: [SalvageReport.Loss] = []
    if let first {
      losses += builder.lacking.filter { $0.sequence >= links[first].sequence }.map {
        .init(
          place: "event \($0.sequence)", message: "it cannot stay as it was recorded: \($0.what)")
      }
      losses.append(
        .init(
          place: "events from \(links[first].sequence) on",
          message:
            "carried over in new events, since what they link to cannot stay: what was noted of the history "
            + "holds up to event \(builder.report.lastUnchanged?.sequence ?? EventSequence(0))"))
    }
    builder.report.losses.insert(contentsOf: losses, at: place)
    if let pending = builder.pending {
      builder.report.lose(
        pending.directory,
        "the rewriting of this folder was interrupted, and the new store cannot finish it: its cut is not "
          + "there as it was")
    }
    if builder.lostSignatureCount > 0 {
      builder.report.lose(
        "signatures", "\(builder.lostSignatureCount) not taken: what they sign is in new events")
    }
  }

  /// Events of another history than the one that is taken: of a store that was copied and went on twice.
  private func tellOthers(
    _ selection: SalvageSelection, _ builder: SalvageBuilder, _ hints: ProjectionHints
  ) {
    let found = selection.found
    let taken = Set((selection.unbroken + selection.scattered).map { found.links[$0].hash })
    if let seen = hints.position, !taken.contains(seen.hash),
      !selection.holes.contains(where: { $0.contains(seen.sequence.value) })
    {
      builder.report.lose(
        "the projection",
        "it has seen event \(seen.sequence) \(seen.hash.short), which no file holds where the history "
          + "leads: it is of another history, or damaged")
    }
    var others: [String: Int] = [:]
    for (index, link) in found.links.enumerated() where !taken.contains(link.hash) {
      others[found.file(of: index), default: 0] += 1
    }
    for file in found.reports where file.name.hasPrefix("archive/") {
      guard let count = others[file.name] else { continue }
      builder.report.lose(
        file.name,
        "\(Plural.text(count, "event")) not taken: nothing links them to the history that is, so they are "
          + "of another one")
    }
  }

  /// The product that most of what is left says it is of.
  private func dialect(_ found: FoundContents, _ hints: ProjectionHints) -> Dialect? {
    var counts: [Dialect: Int] = [:]
    for dialect in found.states.map(\.dialect) + [hints.dialect].compactMap({ $0 }) {
      counts[dialect, default: 0] += 1
    }
    return counts.max { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }?.key
  }
}
