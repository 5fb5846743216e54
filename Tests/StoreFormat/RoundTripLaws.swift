import RandomSchemas
import SchemaModel
import StoreFormat
import Testing

@Suite("What is written reads back as it was")
struct RoundTripLaws {
  @Test("every object of random schemas", arguments: 0..<40)
  func objects(seed: UInt64) throws {
    var random = RandomSchema(seed: seed)
    for (path, object) in random.schema(tableCount: 8).objects {
      let bytes = ContentNode.bytes(of: object)
      #expect(try decode(bytes) { try ContentNode.object($0) } == object, "seed \(seed), \(path)")
      #expect(
        try decode(path.encoded) { try ObjectPath(from: FieldReader($0, of: "a path")) } == path)
    }
  }

  @Test("every operation of random diffs", arguments: 0..<40)
  func operations(seed: UInt64) throws {
    var random = RandomSchema(seed: seed)
    let old = random.schema(tableCount: 5)
    for change in try SchemaDiff.operations(from: old, to: random.variation(of: old)) {
      #expect(try operation(bytes(of: change)) == change, "seed \(seed)")
    }
  }

  @Test("every fact, with its links of the chain")
  func facts() throws {
    for (name, fact) in Examples.facts {
      let event = Examples.event(fact)
      let (bytes, hash) = EventRecord.encode(event, after: Examples.hash)
      let record = try decode(bytes) { try EventRecord($0) }
      #expect(record.event == event, "\(name)")
      #expect(record.previous == Examples.hash)
      #expect(record.hash == hash)
    }
  }

  @Test("rows of every type, in several chunks")
  func rows() throws {
    var chunks: [ContentHash: [UInt8]] = [:]
    var set = Examples.rows
    set.rows = Array(repeating: set.rows, count: 3000).flatMap { $0 }
    let bytes = RowCodec.encode(set) { chunk in
      let hash = ContentHash(of: chunk)
      chunks[hash] = chunk
      return hash
    }
    let header = try decode(bytes) { try RowCodec.header($0) }
    #expect(header.columns == set.columns)
    #expect(header.chunks.count > 1)
    var rows: [[RowValue]] = []
    for hash in header.chunks {
      let chunk = try #require(chunks[hash])
      rows += try decode(chunk) { try RowCodec.rows($0, width: set.columns.count) }
    }
    #expect(rows == set.rows)
  }

  @Test("rows without columns are counted")
  func emptyRows() throws {
    let bytes = RowCodec.encode(RowSet(columns: [], rows: [[], []])) { ContentHash(of: $0) }
    let header = try decode(bytes) { try RowCodec.header($0) }
    #expect(header.columns.isEmpty && header.chunks.isEmpty && header.emptyRowCount == 2)
    let set = RowCodec.encode(RowSet(columns: ["a"], rows: [[.null]])) { ContentHash(of: $0) }
    #expect(try decode(set) { try RowCodec.header($0) }.emptyRowCount == 0)
  }

  @Test("the state of a log, and an entry of its index")
  func state() throws {
    let state = Vectors.state
    #expect(try decode(state.bytes) { try StoreState($0) } == state)
    var entry = RevisionEntry(Examples.revision, sequence: EventSequence(7))
    #expect(try decode(entry.bytes) { try RevisionEntry($0) } == entry)
    entry.rootNode = SnapshotNode.leaf([]).bytes
    #expect(try decode(entry.bytes) { try RevisionEntry($0) } == entry)
    #expect(try decode(entry.bytes) { try RevisionEntry.root($0).hash } == entry.snapshot)
  }

  @Test("numbers of any size")
  func numbers() throws {
    for value in [0, 1, 127, 128, 16_383, 16_384, UInt64(Int64.max), UInt64.max] {
      var writer = FieldWriter()
      writer.varint(value)
      try decode(writer.bytes) {
        var reader = FieldReader($0, of: "a number")
        let read = try reader.varint()
        #expect(read == value)
        #expect(reader.isAtEnd)
      }
    }
    for bytes in [Array(repeating: UInt8(0xFF), count: 11), [0xFF, 0xFF], []] as [[UInt8]] {
      #expect(throws: FormatError.self) {
        try decode(bytes) {
          var reader = FieldReader($0, of: "a number")
          _ = try reader.varint()
        }
      }
    }
  }

  @Test("a field that this version does not know is skipped")
  func unknownFields() throws {
    var bytes = Array(ContentNode.bytes(of: Examples.table))
    var later = FieldWriter()
    later.text(99, "from a later version")
    later.number(98, 7)
    bytes += later.bytes
    #expect(try decode(bytes) { try ContentNode.object($0) } == Examples.table)
  }

  @Test("a record has the version of what it holds", arguments: Examples.facts.map(\.name))
  func recordVersion(name: String) throws {
    let fact = try #require(Examples.facts.first { $0.name == name }).fact
    var bytes = EventRecord.encode(Examples.event(fact), after: Examples.hash).bytes
    #expect(bytes[0] == (name == "signed" ? 2 : 1))
    // As whoever gives an event another version writes it: with the right hash.
    bytes[0] = 3 - bytes[0]
    bytes = bytes.dropLast(32) + ContentHash(of: Array(bytes.dropLast(32))).bytes
    let error = #expect(throws: FormatError.self) { try decode(bytes) { try EventRecord($0) } }
    #expect(error?.description.contains("expected the version") == true)
  }

  @Test("a newer version is refused with the way out")
  func newerVersion() {
    var record = EventRecord.encode(Examples.event(Examples.facts[0].fact), after: Examples.hash)
      .bytes
    record[0] = EventRecord.signedVersion + 1
    // A byte that changed is no newer Strata's.
    let damage = #expect(throws: FormatError.self) { try decode(record) { try EventRecord($0) } }
    #expect(damage?.isNewer == false)
    record = record.dropLast(32) + ContentHash(of: Array(record.dropLast(32))).bytes
    let error = #expect(throws: FormatError.self) { try decode(record) { try EventRecord($0) } }
    #expect(error?.description.contains("use a newer Strata") == true)
    var writer = FieldWriter()
    writer.number(1, StoreState.formatVersion + 1)
    #expect(throws: FormatError.newerVersion(found: 2, known: 1, of: "the store")) {
      try decode(writer.bytes) { try StoreState($0) }
    }
  }
}
