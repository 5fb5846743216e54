public import SchemaModel
import Storage
import StoreFormat

// A question that reads more than once would otherwise hear of two states: between two looks a cut
// moves events to the archive, and a restoration takes a segment's file away.

/// One state of the history: the live log, and the files of its segments.
final class HeldState {
  let live: HeldLog
  let state: StoreState
  /// The segments whose files are there, held open.
  let files: [SegmentReference: SegmentFile]

  init(_ store: Store) throws {
    live = try store.hold()
    state = try live.reader.state()
    var files: [SegmentReference: SegmentFile] = [:]
    for segment in state.segments {
      do {
        files[segment.reference] = try SegmentFile(segment.reference, in: store.archivePath)
      } catch StoreError.segmentDamaged {
        // What is no file is said when somebody asks for it.
      }
    }
    self.files = files
  }

  var isComplete: Bool { state.segments.allSatisfy { files[$0.reference] != nil } }
}

extension History {
  /// The state of the live log: not decoded again while one is held.
  func state() throws -> StoreState {
    if let held { return held.state }
    return try read { try $0.state() }
  }

  /// Runs questions that belong together on one state of the history, whatever others write
  /// meanwhile. What this value itself writes inside is not seen there.
  public func inOneState<T>(_ body: () throws -> T) throws -> T {
    if held != nil { return try body() }
    held = try takeState()
    defer { held = nil }
    return try body()
  }

  /// Stays on the state of now, for as long as this value lives: for a command that asks and ends.
  public func stayInOneState() throws { if held == nil { held = try takeState() } }

  /// Between the look at the log and the look at the archive a restoration may have taken a segment
  /// back: then the log has moved on, and says so.
  private func takeState() throws -> HeldState {
    try Self.translating {
      for _ in 0..<64 {
        let taken = try HeldState(store)
        if taken.isComplete { return taken }
        let isCurrent = try store.isCurrent()
        if isCurrent, try store.read({ try $0.state().segments }) == taken.state.segments {
          // One that is missing for good; or it was put back meanwhile, and is there now.
          return try HeldState(store)
        }
        if !isCurrent { try reopen() }
      }
      return try Store.withoutWriters(at: directory) { try HeldState(store) }
    }
  }
}
