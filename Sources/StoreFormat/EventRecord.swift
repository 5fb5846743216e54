public import SchemaModel

/// One event as the log holds it, with its links of the chain.
///
///     version  1 byte
///     sequence 8 bytes, big-endian
///     time     8 bytes, big-endian milliseconds since 1970, two's complement
///     code     1 byte, which fact
///     actor    counted UTF-8
///     payload  counted bytes, tagged fields
///     previous 32 bytes, the hash of the record before
///     hash     32 bytes, SHA-256 of everything above
public struct EventRecord: Sendable {
  /// The record's first byte.
  public static let version: UInt8 = 1
  /// That of records that hold a signature.
  public static let signedVersion: UInt8 = 2
  /// What the first record of a history links to.
  public static let origin = ContentHash(0, 0, 0, 0)

  /// What was recorded.
  public let event: Event
  /// The hash of the record before.
  public let previous: ContentHash
  /// Of this record: what the next one links to.
  public let hash: ContentHash

  /// The bytes of an event, and the hash that the next one links to.
  public static func encode(
    _ event: Event, after previous: ContentHash
  ) -> (bytes: [UInt8], hash: ContentHash) {
    var writer = FieldWriter(reserving: 512)
    writer.append(event.fact.recordVersion)
    writer.bigEndian(event.sequence.value)
    writer.bigEndian(UInt64(bitPattern: event.time.milliseconds))
    writer.append(event.fact.code)
    writer.counted(event.actor)
    writer.counted { event.fact.encode(into: &$0) }
    writer.bigEndian(previous)
    let hash = ContentHash(of: writer.bytes)
    writer.bigEndian(hash)
    return (writer.bytes, hash)
  }

  /// Reads a record and checks its own hash; that it links to the one before is `Chain`'s to say.
  /// - Throws: `FormatError` for any bytes that are no whole and unharmed record.
  public init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    let what: StaticString = "an event record"
    var reader = FieldReader(bytes, of: what)
    let version = try reader.byte()
    guard version == Self.version || version == Self.signedVersion else {
      // Of whatever version, a record ends with its hash; another number there is no newer Strata's.
      let (body, tail) = (
        bytes.dropLast(ContentHash.byteCount), bytes.suffix(ContentHash.byteCount)
      )
      let found = ContentHash(of: UnsafeRawBufferPointer(rebasing: body))
      if let hash = ContentHash(bytes: tail), hash != found {
        throw .wrongHash(expected: hash, found: found, of: "\(what)")
      }
      throw .newerVersion(
        found: UInt64(version), known: UInt64(Self.signedVersion), of: "\(what)")
    }
    let sequence = EventSequence(try reader.bigEndian())
    let time = Timestamp(milliseconds: Int64(bitPattern: try reader.bigEndian()))
    let code = try reader.byte()
    let actor = try reader.countedText()
    let payload = try reader.bytes(reader.varint())
    previous = try reader.hash()
    hash = try reader.hash()
    guard reader.isAtEnd else { throw .malformed("\(what)", expected: "its end after the hash") }
    let body = UnsafeRawBufferPointer(rebasing: bytes.dropLast(ContentHash.byteCount))
    let found = ContentHash(of: body)
    guard found == hash else {
      throw .wrongHash(expected: hash, found: found, of: "event \(sequence)")
    }
    let fact = try Event.Fact(code: code, from: FieldReader(payload, of: what))
    guard fact.recordVersion == version else {
      throw .malformed("\(what)", expected: "the version \(fact.recordVersion)")
    }
    event = Event(sequence: sequence, time: time, actor: actor, fact: fact)
  }
}

/// Checks that records follow each other: sequence by sequence, hash by hash.
public struct Chain {
  /// The newest event that was accepted; before the first one, the one that is expected less 1.
  public private(set) var last: EventSequence
  /// The hash of `last`.
  public private(set) var hash: ContentHash

  /// The chain up to `last`, whose record has `hash`.
  public init(last: EventSequence = EventSequence(0), hash: ContentHash = EventRecord.origin) {
    self.last = last
    self.hash = hash
  }

  /// Goes on to a record.
  /// - Throws: `FormatError` where it is not the next one, or does not link to the last.
  public mutating func accept(_ record: EventRecord) throws(FormatError) {
    guard record.event.sequence == last.next else {
      throw .malformed(
        "the chain after event \(last)",
        expected: "event \(last.next), not \(record.event.sequence)")
    }
    guard record.previous == hash else {
      throw .wrongHash(
        expected: record.previous, found: hash, of: "the link of event \(record.event.sequence)")
    }
    last = record.event.sequence
    hash = record.hash
  }
}
