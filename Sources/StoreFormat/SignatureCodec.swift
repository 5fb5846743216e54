public import SchemaModel

extension EventSignature {
  /// What is signed: a byte that no note can begin with, a word, the range of the events, and the hash of
  /// the last one, which stands for all before it.
  private static func message(
    _ first: EventSequence, _ last: EventSequence, _ hash: ContentHash
  ) -> [UInt8] {
    var writer = FieldWriter(reserving: 64)
    writer.append(0)
    writer.append(contentsOf: "strata events".utf8)
    writer.bigEndian(first.value)
    writer.bigEndian(last.value)
    writer.bigEndian(hash)
    return writer.bytes
  }

  /// Signs the events from `first` to `last`, whose hash is given.
  public init(
    from first: EventSequence, through last: EventSequence, hash: ContentHash, by key: SigningKey
  ) throws {
    self.init(
      first: first, key: key.verifyingKey.bytes,
      signature: try key.signature(of: Self.message(first, last, hash)))
  }

  /// Nil for bytes that are no key.
  public var verifyingKey: VerifyingKey? {
    key.count == 32 ? VerifyingKey(bytes: key) : nil
  }

  /// Whether it signs what lies between its first event and the record that holds it.
  public func isRight(on record: EventRecord) -> Bool {
    let last = EventSequence(record.event.sequence.value &- 1)
    guard first <= last, let verifyingKey else { return false }
    return verifyingKey.accepts(
      signature, of: Self.message(first, last, record.previous))
  }

  func encode(into writer: inout FieldWriter) {
    writer.number(1, first.value)
    writer.bytes(2, key)
    writer.bytes(3, signature)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    self.init(first: EventSequence(0), key: [], signature: [])
    while let field = try reader.next() {
      switch field.number {
      case 1: first = EventSequence(try field.integer())
      case 2: key = Array(try field.content())
      case 3: signature = Array(try field.content())
      default: break
      }
    }
  }
}
