import Foundation
import LMDB
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

/// What somebody does who rewrites a history and knows its format: every hash is right again.
struct RewrittenHistory {
  let bed: StoreBed

  /// Writes the events of a log anew, each changed as it is said (nil: left out), linked to the one before.
  /// - Returns: the hash of the last one.
  @discardableResult
  func write(
    _ path: String, isSegment: Bool = false, after first: ContentHash? = nil,
    forgetting tag: String? = nil, version: UInt8? = nil,
    _ change: (Event) -> Event?, state changeState: (inout StoreState) -> Void = { _ in }
  ) throws -> ContentHash {
    let environment = try Environment.open(
      path: path, options: Environment.Options(isSingleFile: isSegment))
    let events = try environment.database(Keys.events, create: false)
    let meta = try environment.database(Keys.meta, create: false)
    let tags = try environment.database(Keys.tags, create: false)
    return try environment.write { transaction in
      var state = try StoreState(try #require(try transaction.get(meta, Keys.state)))
      var records: [EventRecord] = []
      try transaction.forEach(events) { _, bytes in
        records.append(try EventRecord(bytes))
        return true
      }
      var last = try #require(first ?? records.first?.previous)
      for record in records {
        let sequence = record.event.sequence
        guard let event = change(record.event) else {
          try transaction.delete(events, sequence.value)
          continue
        }
        var (bytes, hash) = EventRecord.encode(event, after: last)
        if let version {
          bytes[0] = version
          hash = ContentHash(of: Array(bytes.dropLast(ContentHash.byteCount)))
          bytes = bytes.dropLast(ContentHash.byteCount) + hash.bytes
        }
        try transaction.put(events, key: sequence.value, value: bytes)
        (last, state.lastSequence, state.lastHash) = (hash, sequence, hash)
      }
      if let tag {
        try transaction.delete(tags, Array(tag.utf8))
      }
      changeState(&state)
      state.transaction = try transaction.number
      try transaction.put(meta, key: Keys.state, value: state.bytes)
      return last
    }
  }

  /// Removes what has seen the events as they were.
  func forgetWitnesses() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: bed.store)
    where name.hasPrefix("projection") || name == "writer.lock" {
      try FileManager.default.removeItem(atPath: bed.store + "/" + name)
    }
  }

  /// Gives a revision to another author.
  func giveAway(_ id: RevisionID) throws {
    try write(bed.store + "/log") { Self.givenAway($0, id) }
    try forgetWitnesses()
  }

  /// The same in the newest segment, which the event that names it follows.
  func giveAwayArchived(_ id: RevisionID) throws {
    let store = try Store.open(at: bed.store)
    let old = try #require(try store.read { try $0.state().segments.last?.reference })
    let copy = bed.root + "/segment"
    try FileManager.default.copyItem(atPath: store.archivePath + "/" + old.name, toPath: copy)
    chmod(copy, 0o600)
    var new = old
    new.lastHash = try write(copy, isSegment: true) { Self.givenAway($0, id) }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: copy)))
    (new.hash, new.byteCount) = (ContentHash(of: bytes), UInt64(bytes.count))
    new.name = "\(old.first.value)-\(old.last.value)-\(new.hash.short).segment"
    try FileManager.default.removeItem(atPath: store.archivePath + "/" + old.name)
    try FileManager.default.moveItem(atPath: copy, toPath: store.archivePath + "/" + new.name)
    let named = new
    try write(bed.store + "/log", after: named.lastHash) { event in
      guard case .truncated(var truncation) = event.fact else { return event }
      truncation.segment = named
      var event = event
      event.fact = .truncated(truncation)
      return event
    } state: { state in
      state.firstPrevious = named.lastHash
      state.segments[state.segments.count - 1].reference = named
    }
    try forgetWitnesses()
  }

  /// Takes back the last events, which must be about the tag v2.
  func takeBack(_ count: UInt64) throws {
    let last = try Store.open(at: bed.store).read { try $0.state().lastSequence.value }
    try write(bed.store + "/log", forgetting: "v2") { event in
      event.sequence.value > last - count ? nil : event
    }
    try forgetWitnesses()
  }

  private static func givenAway(_ event: Event, _ id: RevisionID) -> Event {
    guard case .revisionRecorded(var revision) = event.fact, revision.id == id else { return event }
    revision.author = "Mallory"
    var event = event
    event.fact = .revisionRecorded(revision)
    return event
  }
}
