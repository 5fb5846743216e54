import SchemaModel
import Storage
import StoreFormat

extension Salvage {
  /// Puts events into holes that projections tell of, to the byte.
  /// - Parameter projections: the newest first, whose own end counts as the log's.
  func fill(
    _ selection: SalvageSelection, _ found: FoundContents, _ projections: [ProjectionHints]
  ) -> Bool {
    let known = Dictionary(found.links.map { ($0.sequence, $0) }) { $1 }
    let end = projections.first?.position
    var isFilled = false
    for hole in selection.holes {
      var range = hole
      var last = known[EventSequence(hole.upperBound &+ 1)]?.previous
      if last == nil, let end, hole.contains(end.sequence.value) {
        range = hole.lowerBound...end.sequence.value
        last = end.hash
      }
      guard let last, let before = known[EventSequence(range.lowerBound &- 1)]?.hash else {
        continue
      }
      for projection in projections {
        guard let records = projection.records(of: range, after: before, to: last) else { continue }
        for record in records { found.add(made: record, from: projection.name) }
        isFilled = true
        break
      }
    }
    return isFilled
  }

  /// Adds the events that a kept projection had followed behind the last that there is. Where anything
  /// tells that the log went on, those may be others.
  /// - Returns: the last of them; nil where there are none.
  func goOn(
    behind selection: SalvageSelection, _ found: FoundContents, _ kept: [ProjectionHints]
  ) -> EventSequence? {
    guard let index = (selection.unbroken + selection.scattered).last else { return nil }
    let last = found.links[index]
    if let hole = selection.holes.last, hole.upperBound > last.sequence.value { return nil }
    for projection in kept {
      guard let end = projection.position, end.sequence > last.sequence,
        let records = projection.records(
          of: last.sequence.next.value...end.sequence.value, after: last.hash, to: end.hash)
      else { continue }
      for record in records { found.add(made: record, from: projection.name) }
      return end.sequence
    }
    return nil
  }
}
