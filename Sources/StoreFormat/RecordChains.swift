public import SchemaModel

/// Which of the records that were found make the history: there may be several of one place, of states that
/// were given up, and holes between them.
public struct RecordChains: Sendable {
  /// Records that link to each other without a hole, as indices into what was given, in their order.
  public private(set) var runs: [[Int]] = []
  /// Whether the first run begins with a history's first record.
  public private(set) var beginsAtOrigin = false

  private let links: [RecordLink]
  /// The record before; nil where it was not found.
  private var before: [Int?]
  /// Records from the begin of its run up to it.
  private var depth: [Int]
  /// The newest of the known ends that the run up to it goes through.
  private var anchor: [UInt64]

  /// - Parameters:
  ///   - links: no two with one hash.
  ///   - ends: hashes of records that were the log's last at some time.
  ///   - last: nothing beyond it was ever committed; nil where nobody knows.
  public init(_ links: [RecordLink], endsAt ends: Set<ContentHash>, upTo last: EventSequence?) {
    self.links = links
    before = Array(repeating: nil, count: links.count)
    depth = Array(repeating: 1, count: links.count)
    anchor = Array(repeating: 0, count: links.count)
    var places: [ContentHash: Int] = [:]
    places.reserveCapacity(links.count)
    for (index, link) in links.enumerated() { places[link.hash] = index }
    let order = links.indices.sorted { links[$0].sequence < links[$1].sequence }
    for index in order {
      let link = links[index]
      if let previous = places[link.previous], links[previous].sequence.next == link.sequence {
        before[index] = previous
        depth[index] = depth[previous] + 1
        anchor[index] = anchor[previous]
      }
      if ends.contains(link.hash) { anchor[index] = link.sequence.value }
    }
    let candidates = order.filter { index in last.map { links[index].sequence <= $0 } ?? true }
    guard var end = candidates.max(by: isWorseEnd) else { return }
    var found: [[Int]] = []
    while true {
      let run = run(to: end)
      found.append(run)
      guard let first = run.first else { break }
      let below = candidates.prefix { links[$0].sequence < links[first].sequence }
      guard let highest = below.last.map({ links[$0].sequence }) else {
        beginsAtOrigin =
          links[first].sequence == EventSequence(1) && links[first].previous == EventRecord.origin
        break
      }
      let rivals = below.reversed().prefix { links[$0].sequence == highest }
      guard let next = rivals.max(by: isWorse) else { break }
      end = next
    }
    runs = found.reversed()
  }

  private func run(to end: Int) -> [Int] {
    var run: [Int] = []
    var next: Int? = end
    while let index = next {
      run.append(index)
      next = before[index]
    }
    return run.reversed()
  }

  /// What was the log's end counts first, then what goes on from there furthest.
  private func isWorseEnd(_ one: Int, _ other: Int) -> Bool {
    if anchor[one] != anchor[other] { return anchor[one] < anchor[other] }
    if links[one].sequence != links[other].sequence {
      return links[one].sequence < links[other].sequence
    }
    return isWorse(one, other)
  }

  private func isWorse(_ one: Int, _ other: Int) -> Bool {
    if depth[one] != depth[other] { return depth[one] < depth[other] }
    if links[one].time != links[other].time { return links[one].time < links[other].time }
    return links[one].hash < links[other].hash
  }
}
