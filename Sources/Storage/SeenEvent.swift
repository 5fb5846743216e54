import Glibc
public import SchemaModel
import StoreFormat

/// An event that a projection had followed and that the log did not go through when it was asked: the log
/// was set back, or is another's. It stays noted in `writer.lock` until somebody takes the log as it is.
public struct SeenEvent: Hashable, Sendable {
  /// Its number.
  public var sequence: EventSequence
  /// What the chain has behind it: with the number, which event it is.
  public var hash: ContentHash

  public init(_ sequence: EventSequence, _ hash: ContentHash) {
    self.sequence = sequence
    self.hash = hash
  }
}

extension Store {
  /// The event that is noted; nil where no log was ever in doubt, or somebody took it as it is.
  public func seenEvent() -> SeenEvent? { WriterLock.seenEvent(in: directory) }

  /// Notes that a projection had followed to this event, where the log does not go through it. One that is
  /// noted already, and that the log does not go through either, stays: what a projection followed
  /// since is what a question let it follow.
  public func noteSeen(_ event: SeenEvent) throws {
    try withWriterLock {
      guard try isCurrent(), try read({ try $0.goesThrough(event) }) != true else { return }
      let last = try read { try $0.state().lastSequence }
      if event.sequence > last, WriterLock.mark(in: directory).map({ $0 < event.sequence }) ?? true
      {
        try mark(event.sequence)
      }
      let known = seenEvent()
      if let known, try read({ try $0.goesThrough(known) }) == false { return }
      try writerLock().note(event)
    }
  }
}

extension LogReader {
  /// Whether the log has this very event; nil where it lies in a segment, which is not opened for this.
  public func goesThrough(_ event: SeenEvent) throws -> Bool? {
    let state = try state()
    if event.sequence > state.lastSequence { return false }
    if event.sequence == state.lastSequence { return event.hash == state.lastHash }
    if event.sequence < state.firstSequence {
      return event.sequence.next == state.firstSequence
        ? event.hash == state.firstPrevious
        : state.segments.first { $0.reference.last == event.sequence }.map {
          $0.reference.lastHash == event.hash
        }
    }
    // Where its record cannot be found, what is damaged is told by whoever reads it.
    return try recordBytes(event.sequence).map {
      ContentHash(bytes: $0.suffix(ContentHash.byteCount)) == event.hash
    }
  }
}

// Behind the number of the last event: a number of 20 digits, a space, 64 hexadecimal digits, a line feed.
extension WriterLock {
  private static let seenOffset: off_t = 33
  private static let seenByteCount = 86

  /// Notes an event that was seen; nil takes the note back.
  func note(_ event: SeenEvent?) {
    guard let event else {
      _ = ftruncate(descriptor, Self.seenOffset)
      return
    }
    let line = Array("\(Self.digits(event.sequence)) \(event.hash)\n".utf8)
    _ = line.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, Self.seenOffset) }
  }

  static func seenEvent(in directory: String) -> SeenEvent? {
    guard let line = line(in: directory, at: seenOffset, count: seenByteCount) else { return nil }
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = UInt64(parts[0]),
      let hash = ContentHash(hex: String(parts[1]))
    else { return nil }
    return SeenEvent(EventSequence(number), hash)
  }
}
