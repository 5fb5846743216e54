import SchemaModel
import Storage
import StoreFormat

/// Which of what was found is the history: the events that can stay as they were recorded, and those behind
/// them, which cannot.
struct SalvageSelection {
  let found: FoundContents
  /// From the first event on, without a hole.
  private(set) var unbroken: [Int] = []
  /// What lies behind the first hole, in the order of the log.
  private(set) var scattered: [Int] = []
  /// Events that are known to have been there and were not found.
  private(set) var holes: [ClosedRange<UInt64>] = []
  /// The cuts among the unbroken events, and those that took them back.
  private var cuts: [(sequence: EventSequence, fact: Event.Fact)] = []
  /// Of the last revision among them.
  private var lastEnd: (sequence: EventSequence, end: EventSequence)?

  /// - Parameters:
  ///   - end: the last event that anything tells of; nil where nothing does.
  ///   - isSound: whether the log itself says that its state is its last.
  init(
    _ found: FoundContents, sound: StoreState?, end: EventSequence?,
    progress: (String, Int, Int) -> Void
  ) throws {
    self.found = found
    let isNewest = sound.map { $0.lastSequence == end } ?? false
    let states = isNewest ? [sound].compactMap { $0 } : found.states + [sound].compactMap { $0 }
    let chains = RecordChains(
      found.links, endsAt: Set(states.map(\.lastHash)), upTo: end)
    let runs = chains.runs
    if chains.beginsAtOrigin { unbroken = runs.first ?? [] }
    scattered = runs.dropFirst(chains.beginsAtOrigin ? 1 : 0).flatMap { $0 }
    var next: UInt64 = 1
    for run in runs {
      guard let first = run.first, let last = run.last else { continue }
      let start = found.links[first].sequence.value
      if start > next { holes.append(next...start - 1) }
      next = found.links[last].sequence.value &+ 1
    }
    if let end, end.value >= next { holes.append(next...end.value) }
    try lookAtUnbroken(progress)
  }

  private mutating func lookAtUnbroken(_ progress: (String, Int, Int) -> Void) throws {
    for (place, index) in unbroken.enumerated() {
      if place % 4096 == 0 { progress("events", place, unbroken.count) }
      let event: Event
      do {
        event = try found.record(index).record.event
      } catch let error as FormatError {
        if error.isNewer { throw StoreError.damaged("event \(found.links[index].sequence)", error) }
        // Its hash is right, and it says nothing: nothing can follow it.
        shorten(before: found.links[index].sequence)
        break
      }
      switch event.fact {
      case .truncated, .restored: cuts.append((event.sequence, event.fact))
      case .revisionRecorded(let revision):
        lastEnd = (
          event.sequence,
          EventSequence(event.sequence.value &+ UInt64(clamping: revision.operationCount))
        )
      default: break
      }
    }
    // A revision that lacks its last operations cannot stay as it was.
    if let lastEnd, let last = unbroken.last, found.links[last].sequence < lastEnd.end {
      shorten(before: lastEnd.sequence)
    }
  }

  /// What lies from here on cannot stay as it was recorded.
  mutating func shorten(before sequence: EventSequence) {
    let kept = unbroken.prefix { found.links[$0].sequence < sequence }
    scattered = unbroken[kept.endIndex...] + scattered
    unbroken = Array(kept)
    cuts.removeAll { $0.sequence >= sequence }
  }

  /// The cuts that are in force at the end of the unbroken events, oldest first.
  var cutsInForce: [(sequence: EventSequence, truncation: Truncation)] {
    var found: [(sequence: EventSequence, truncation: Truncation)] = []
    for (sequence, fact) in cuts {
      switch fact {
      case .truncated(let truncation): found.append((sequence, truncation))
      case .restored: _ = found.popLast()
      default: break
      }
    }
    return found
  }

  /// A cut stays only where its segment is there, to the byte.
  /// - Returns: the segments' files, oldest first.
  mutating func settleCuts(
    _ path: (SegmentReference) throws -> String?
  ) rethrows -> [(segment: SegmentReference, path: String)] {
    while true {
      var paths: [(segment: SegmentReference, path: String)] = []
      var missing: EventSequence?
      for cut in cutsInForce {
        guard let path = try path(cut.truncation.segment) else {
          missing = cut.sequence
          break
        }
        paths.append((cut.truncation.segment, path))
      }
      guard let missing else { return paths }
      shorten(before: missing)
    }
  }
}
