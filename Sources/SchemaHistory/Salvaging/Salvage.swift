import FileSystem
import Glibc
public import SchemaModel
import Storage
import StoreFormat

extension History {
  /// Writes what is good of a damaged store into a new one. The damaged store is not changed, and need not
  /// be one that can be opened.
  ///
  /// What is taken is what its own hash proves. Events up to the first that is gone stay as they were
  /// recorded; what lies behind is carried over in new events.
  /// - Parameters:
  ///   - target: where the new store comes to be; an empty folder, or nothing.
  ///   - actor: who salvages.
  ///   - progress: what is being done, how much of it, of how much.
  /// - Throws: `HistoryError.unusableName` for a target that is no empty place outside of the store;
  ///   `.store` where there is no store, nothing of a history is left, a newer version wrote it, or the
  ///   system does not let the new store be made: nothing stays at the target then.
  public static func salvage(
    at directory: String, to target: String, by actor: String,
    progress: @escaping (String, Int, Int) -> Void = { _, _, _ in }
  ) throws -> SalvageReport {
    try check(target: target, of: directory)
    return try translating {
      try Store.withoutWriters(at: directory) {
        try Salvage(DamagedStore(at: directory), target, actor, progress).run()
      }
    }
  }

  private static func check(target: String, of directory: String) throws {
    func refuse(_ why: String) -> HistoryError {
      .unusableName(target, what: "the folder of the salvaged store", why: why)
    }
    guard Files.isPath(target) else { throw refuse("name a folder that is not there yet") }
    guard DamagedStore(at: directory).isThere else {
      throw HistoryError.store(.notAStore(directory))
    }
    switch PlaceKind(at: target) {
    case .nothing: break
    case .folder where Files.names(in: target).isEmpty: break
    case .folder: throw refuse("it is not empty; nothing was written. Name another")
    default: throw refuse("something of that name is there; nothing was written. Name another")
    }
    let store = Files.real(directory) ?? Files.standardized(directory)
    let whole = Files.standardized(target)
    let parent = Files.parent(of: whole) ?? "/"
    let place = (Files.real(parent) ?? parent) + "/" + Files.name(of: whole)
    if place == store || place.hasPrefix(store + "/") {
      throw refuse("it lies in the damaged store, which stays as it is; name a folder beside it")
    }
  }
}

/// One salvage.
struct Salvage {
  let damaged: DamagedStore
  let target: String
  let actor: String
  let progress: (String, Int, Int) -> Void

  init(
    _ damaged: DamagedStore, _ target: String, _ actor: String,
    _ progress: @escaping (String, Int, Int) -> Void
  ) {
    self.damaged = damaged
    self.target = target
    self.actor = actor
    self.progress = progress
  }

  func run() throws -> SalvageReport {
    let found = try damaged.contents(progress: progress)
    if found.links.isEmpty, let newer = found.newer {
      throw StoreError.damaged(damaged.directory, newer)
    }
    let sound = damaged.soundState()
    let scratch = try TemporaryFolder("hints")
    defer { scratch.remove() }
    let hints = ProjectionHints(of: damaged.directory, in: scratch)
    var report = SalvageReport(directory: target)
    report.repairedCount = found.repairBits(progress: progress)
    let kept = ProjectionHints.kept(of: damaged.directory, in: scratch)
    var end = end(found, sound, hints)
    var selection = try SalvageSelection(found, sound: sound, end: end, progress: progress)
    let isFilled = fill(selection, found, [hints] + kept)
    let later = goOn(behind: selection, found, kept)
    if let later { end = later }
    if isFilled || later != nil {
      selection = try SalvageSelection(found, sound: sound, end: end, progress: progress)
    }
    try searchLoosePages(selection.unbroken + selection.scattered, found)
    let whole = Files.standardized(target)
    let parent = Files.parent(of: whole) ?? "/"
    try mapping { try Files.makeDirectory(parent) }
    // Beside the target, so that it comes there in one step, or not at all.
    let work = try mapping { try TemporaryFolder("salvage", in: parent) }
    defer { work.remove() }
    let builder = try build(&selection, report, pending(found, sound), in: work)
    try describe(selection, builder, hints)
    try builder.count()
    report = builder.report
    let place = builder.directory
    builder.store = nil
    if !report.losses.isEmpty {
      try mapping { try builder.writeTexts() }
      report.files = builder.report.files
    }
    report.verified = try History.verify(
      at: place, full: true, comparesProjection: false, progress: progress)
    report.logHead = report.verified.logHead
    try mapping { try DirectorySync.sync(place) }
    guard rename(place, whole) == 0 else {
      throw StoreError.file("cannot make it: \(FileError.reason())", path: target)
    }
    try mapping { try DirectorySync.sync(parent) }
    return report
  }

  private func mapping<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as FileError {
      throw StoreError.file(
        "\(error.reason); nothing was left there. Make room or give permission, and try again",
        path: error.path)
    }
  }

  /// The last event that anything tells of; nil where nothing does.
  private func end(
    _ found: FoundContents, _ sound: StoreState?, _ hints: ProjectionHints
  ) -> EventSequence? {
    let mark = damaged.mark
    let places = Dictionary(found.links.map { ($0.hash, $0.sequence) }) { $1 }
    // The state of a damaged log has no hash of its own: what proves it is its last event, or whoever
    // wrote last.
    let states =
      found.states.map(\.lastHash).compactMap { places[$0] }
      + found.states.map(\.lastSequence).filter { last in mark.map { last <= $0 } ?? false }
    let archived = found.reports.compactMap { report in
      SegmentReference.lastEvent(named: Files.name(of: report.name))
        .flatMap { last in places.values.contains(last) ? last : nil }
    }
    let witnesses =
      [mark, hints.position?.sequence, sound?.lastSequence].compactMap { $0 } + archived
    let isNewest = sound.map { state in witnesses.allSatisfy { $0 <= state.lastSequence } } ?? false
    // What a sound log does not know of was never committed to it.
    return isNewest ? sound?.lastSequence : (witnesses + states).max()
  }

  /// What is missing may lie on pages to which nothing leads; what is found there may miss more.
  private func searchLoosePages(_ records: [Int], _ found: FoundContents) throws {
    while found.hasOrphans {
      var needs = SalvageNeeds(found: found)
      for (place, index) in records.enumerated() {
        if place % 4096 == 0 { progress("needs", place, records.count) }
        guard let event = try? found.record(index).record.event else { continue }
        needs.add(event.fact)
      }
      guard found.searchOrphans(for: needs.missing, progress: progress) > 0 else { return }
    }
  }

  /// The rewriting of a folder for which the newest state waits.
  private func pending(_ found: FoundContents, _ sound: StoreState?) -> PendingFolder? {
    let newest = sound ?? found.states.max { $0.lastSequence < $1.lastSequence }
    return newest?.pending
  }

  /// Each try ends before the first event that cannot stay as it was.
  private func build(
    _ selection: inout SalvageSelection, _ report: SalvageReport, _ pending: PendingFolder?,
    in work: TemporaryFolder
  ) throws -> SalvageBuilder {
    let place = work.path + "/store"
    var lacking: [SalvageBuilder.Lacking] = []
    while true {
      let segments = try selection.settleCuts(damaged.path)
      Files.removeTree(place)
      try mapping { try Files.makeDirectory(place) }
      let builder = SalvageBuilder(
        selection.found, at: place, by: actor, report: report, progress: progress)
      builder.pending = pending
      do {
        try builder.take(selection, segments: segments)
        builder.lacking = lacking
        return builder
      } catch let found as SalvageBuilder.Lacking {
        builder.store = nil
        lacking.append(found)
        let before = selection.unbroken.count
        selection.shorten(before: found.sequence)
        guard selection.unbroken.count < before else {
          throw StoreError.inconsistent("event \(found.sequence): \(found.what)")
        }
      }
    }
  }
}
