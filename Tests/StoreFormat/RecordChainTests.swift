import SchemaModel
import StoreFormat
import Testing

@Suite("The chain that found records make")
struct RecordChainTests {
  /// A line of records; the next one links to the last.
  private func line(
    _ count: Int, after last: RecordLink? = nil, salt: UInt64 = 1, time: Int64 = 0
  ) -> [RecordLink] {
    var links: [RecordLink] = []
    var previous = last?.hash ?? EventRecord.origin
    let first = (last?.sequence.value ?? 0) + 1
    for number in first..<first + UInt64(count) {
      let link = RecordLink(
        sequence: EventSequence(number), time: Timestamp(milliseconds: time), previous: previous,
        hash: ContentHash(number, salt, 7, 9))
      links.append(link)
      previous = link.hash
    }
    return links
  }

  private func runs(
    _ links: [RecordLink], ends: [ContentHash] = [], upTo last: UInt64? = nil
  ) -> [[UInt64]] {
    RecordChains(links, endsAt: Set(ends), upTo: last.map { EventSequence($0) }).runs
      .map { $0.map { links[$0].sequence.value } }
  }

  @Test("is found in any order, with holes between its runs")
  func holes() {
    let all = line(9)
    #expect(runs(all.reversed()) == [Array(1...9)])
    let left = all.filter { ![4, 7, 8].contains($0.sequence.value) }
    #expect(runs(left.shuffled()) == [[1, 2, 3], [5, 6], [9]])
    #expect(RecordChains(left, endsAt: [], upTo: nil).beginsAtOrigin)
    #expect(!RecordChains(Array(left.dropFirst()), endsAt: [], upTo: nil).beginsAtOrigin)
    #expect(runs([]).isEmpty)
  }

  @Test("goes through the log's known end, however long what was given up is")
  func forks() {
    let trunk = line(5)
    let (kept, givenUp) = (line(2, after: trunk[4], salt: 2), line(9, after: trunk[4], salt: 3))
    let all = trunk + givenUp + kept
    let chain = RecordChains(all, endsAt: [kept[1].hash], upTo: nil)
    #expect(chain.runs.first?.map { all[$0].hash } == (trunk + kept).map(\.hash))
    #expect(runs(all) == [Array(1...14)], "without an end the longest")
    #expect(runs(all, upTo: 6) == [Array(1...6)], "what is beyond the end was never committed")
  }

  @Test("of two that end alike is the one that was written later")
  func times() {
    let trunk = line(3)
    let (old, new) = (
      line(1, after: trunk[2], salt: 2, time: 5), line(1, after: trunk[2], salt: 3, time: 6)
    )
    for all in [trunk + old + new, trunk + new + old] {
      let chain = RecordChains(all, endsAt: [], upTo: nil)
      #expect(chain.runs.first?.last.map { all[$0].hash } == new[0].hash)
    }
  }

  @Test("takes numbers from damaged or crafted records without a trap")
  func extremes() {
    for sequence in [0, UInt64.max, UInt64.max - 1] {
      let link = RecordLink(
        sequence: EventSequence(sequence), time: Timestamp(milliseconds: .min),
        previous: ContentHash(1, 2, 3, 4), hash: ContentHash(sequence, 0, 0, 1))
      #expect(runs(line(2) + [link]).joined().contains(sequence))
    }
  }
}

@Suite("One flipped bit")
struct BitRepairTests {
  @Test("of a record or a node is put right; two are not")
  func repairs() throws {
    let event = Event(
      sequence: EventSequence(7), time: Timestamp(milliseconds: 1_700_000_000_000), actor: "Ada",
      fact: .tagged(name: "v1", revision: "a1"))
    let whole = EventRecord.encode(event, after: ContentHash(of: [1])).bytes
    for place in whole.indices {
      var bytes = whole
      bytes[place] ^= 1 << UInt8(place % 8)
      #expect(BitRepair.record(bytes, of: EventSequence(7)) == whole, "byte \(place)")
      bytes[(place + 20) % whole.count] ^= 4
      #expect(BitRepair.record(bytes, of: EventSequence(7)) == nil, "byte \(place)")
    }
    let node = Array("\u{6}CREATE TABLE t (a);".utf8)
    let hash = node.withUnsafeBytes { ContentHash(ofNode: $0) }
    for place in node.indices {
      var bytes = node
      bytes[place] ^= 16
      #expect(BitRepair.node(bytes, of: hash) == node)
    }
    // What lies behind the value is nobody's.
    let found = PrefixHashes.first(of: node + [0, 1, 2], from: 4, among: [hash])
    #expect(found?.byteCount == node.count && found?.hash == hash)
    #expect(PrefixHashes.first(of: node, from: node.count + 1, among: [hash]) == nil)
  }
}
