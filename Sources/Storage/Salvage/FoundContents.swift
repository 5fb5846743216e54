import FileSystem
import LMDB
public import SchemaModel
public import StoreFormat

/// All that the files of a store still hold, whatever became of what leads to it: event records and nodes,
/// each whole by its own hash, from the log, the segments and old states of them.
public final class FoundContents {
  /// Where something was found: the number of a file, and a place in it.
  private struct Place {
    var file: Int
    var value: ValuePlace
  }

  /// What was found of one file.
  public struct FileReport: Sendable {
    /// `the log`, or `archive/NAME`.
    public var name: String
    /// Records that no file before it holds.
    public var recordCount = 0
    /// Pages that the system could not read.
    public var unreadablePageCount = 0
  }

  /// One for each record, in the order in which they were found; no two have one hash.
  public private(set) var links: [RecordLink] = []
  /// Of the records, by their place in `links`, the file that holds it.
  public func file(of record: Int) -> String { reports[recordPlaces[record].file].name }
  /// The files that were read, the log first.
  public private(set) var reports: [FileReport] = []
  /// What the log said of itself, at whatever time; nothing vouches for it.
  public private(set) var states: [StoreState] = []
  /// What a state says that a newer version wrote, or whose version is damaged.
  public private(set) var newer: FormatError?
  /// What the index said of revisions; nothing vouches for it.
  public private(set) var entries: [RevisionID: RevisionEntry] = [:]

  private var files: [DamagedFile] = []
  private var recordPlaces: [Place] = []
  private var recordsByHash: [ContentHash: Int] = [:]
  private var nodes: [ContentHash: Place] = [:]
  private var orphans: [(file: Int, run: OverflowRun)] = []
  /// What lies where a record or a node should, and is none.
  private var suspects: [(key: [UInt8], place: Place)] = []
  private static let suspectCountMax = 10_000
  /// Files that are none: what was made good, under negative numbers.
  private var made: [[UInt8]] = []

  init() {}

  /// Reads one file to its end.
  func add(
    _ file: DamagedFile, named name: String, progress: (String, Int, Int) -> Void
  ) {
    let number = files.count
    files.append(file)
    reports.append(FileReport(name: name))
    let runs = file.forEachValue(progress: { progress(name, $0, $1) }) { key, value, place in
      note(key, value, Place(file: number, value: place))
    }
    for run in runs where !noteRecord(of: run, in: number) { orphans.append((number, run)) }
    reports[number].unreadablePageCount = file.unreadablePageCount
  }

  /// Whether a value is known by its own content.
  private func note(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ place: Place
  ) -> Bool {
    // A key says what it may be; where it is damaged, the content does.
    let node = ContentHash(nodeKey: key)
    if node != nil || key.isEmpty, let kind = value.first, NodeKind(rawValue: kind) != nil {
      let hash = ContentHash(ofNode: value)
      if nodes[hash] == nil { nodes[hash] = place }
      if hash == node { return true }
    }
    if let link = RecordLink(value) {
      note(link, place)
      return true
    }
    if key.elementsEqual(Keys.state) { return noteState(value) }
    if let entry = try? RevisionEntry(value), entry.sequence.value > 0 {
      let id = RevisionID(String(decoding: key, as: UTF8.self))
      if entries[id].map({ $0.sequence < entry.sequence }) ?? true { entries[id] = entry }
      return true
    }
    if node != nil || key.count == 8, suspects.count < Self.suspectCountMax {
      suspects.append((Array(key), place))
    }
    return false
  }

  private func noteState(_ value: UnsafeRawBufferPointer) -> Bool {
    do throws(FormatError) {
      states.append(try StoreState(value))
    } catch {
      if error.isNewer { newer = error }
      return false
    }
    return true
  }

  private func note(_ link: RecordLink, _ place: Place) {
    guard recordsByHash[link.hash] == nil else { return }
    recordsByHash[link.hash] = links.count
    links.append(link)
    recordPlaces.append(place)
    reports[place.file].recordCount += 1
  }

  /// A record says itself how long it is, so no leaf is needed.
  private func noteRecord(of run: OverflowRun, in file: Int) -> Bool {
    guard let bytes = files[file].read(run.place) else { return false }
    return bytes.withUnsafeBytes { bytes in
      guard let count = RecordLink.byteCount(ofRecordAt: bytes),
        let link = RecordLink(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      else { return false }
      let place = ValuePlace(offset: run.place.offset, count: count)
      note(link, Place(file: file, value: place))
      return true
    }
  }

  /// Whether there are overflow pages that no leaf leads to.
  public var hasOrphans: Bool { !orphans.isEmpty }

  /// Looks for nodes on overflow pages that no leaf leads to: a node does not say how long it is, but its
  /// hash does.
  /// - Returns: how many were found.
  public func searchOrphans(
    for wanted: Set<ContentHash>, progress: (String, Int, Int) -> Void
  ) -> Int {
    var missing = wanted.filter { nodes[$0] == nil }
    let before = missing.count
    for (index, orphan) in orphans.enumerated() where !missing.isEmpty {
      progress("loose pages", index, orphans.count)
      guard let bytes = files[orphan.file].read(orphan.run.place),
        let found = PrefixHashes.first(of: bytes, from: orphan.run.byteCountMin, among: missing)
      else { continue }
      let place = ValuePlace(offset: orphan.run.place.offset, count: found.byteCount)
      nodes[found.hash] = Place(file: orphan.file, value: place)
      missing.remove(found.hash)
    }
    return before - missing.count
  }

  /// Makes good what one flipped bit made of records and nodes, as their hashes say.
  /// - Returns: how many.
  public func repairBits(progress: (String, Int, Int) -> Void) -> Int {
    var byteCountLeft = Self.triedByteCountMax
    let before = made.count
    // Small ones first: one large one takes as long as a thousand of them.
    suspects.sort { $0.place.value.count < $1.place.value.count }
    for (index, suspect) in suspects.enumerated() {
      progress("flipped bits", index, suspects.count)
      let (cost, isTooMuch) = (8 * suspect.place.value.count)
        .multipliedReportingOverflow(by: suspect.place.value.count)
      guard !isTooMuch, cost <= byteCountLeft, let bytes = bytes(at: suspect.place) else {
        continue
      }
      byteCountLeft -= cost
      let hash = suspect.key.withUnsafeBytes { ContentHash(nodeKey: $0) }
      if let hash, nodes[hash] == nil, let whole = BitRepair.node(bytes, of: hash) {
        nodes[hash] = keep(whole, like: suspect.place)
      } else if suspect.key.count == 8 {
        let sequence = suspect.key.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let whole = BitRepair.record(bytes, of: EventSequence(sequence)),
          let link = whole.withUnsafeBytes({ RecordLink($0) }), recordsByHash[link.hash] == nil
        else { continue }
        note(link, keep(whole, like: suspect.place))
      }
    }
    suspects = []
    return made.count - before
  }

  /// Hashing a record for each of its bits takes the square of its size.
  private static let triedByteCountMax = 1 << 30

  private func keep(_ bytes: [UInt8], like place: Place) -> Place {
    made.append(bytes)
    return Place(
      file: place.file, value: ValuePlace(offset: -made.count, count: bytes.count))
  }

  /// Takes a record that somebody made from what is known elsewhere; its links must prove it.
  public func add(made bytes: [UInt8], from name: String) {
    guard let link = bytes.withUnsafeBytes({ RecordLink($0) }) else { return }
    let number = reports.firstIndex { $0.name == name } ?? reports.count
    if number == reports.count { reports.append(FileReport(name: name)) }
    note(link, keep(bytes, like: Place(file: number, value: ValuePlace(offset: 0, count: 0))))
  }

  private func bytes(at place: Place) -> [UInt8]? {
    if place.value.offset < 0 { return made[-place.value.offset - 1] }
    return files[place.file].read(place.value)
  }

  /// The bytes of a record and what it says.
  /// - Throws: `FormatError` for one that a newer version wrote; `StoreError.medium` where the system does
  ///   not read it a second time.
  public func record(_ index: Int) throws -> (bytes: [UInt8], record: EventRecord) {
    let place = recordPlaces[index]
    guard let bytes = bytes(at: place) else {
      throw StoreError.missingEvent(links[index].sequence)
    }
    return (bytes, try bytes.withUnsafeBytes { try EventRecord($0) })
  }

  /// Whether a node was found.
  public func hasNode(_ hash: ContentHash) -> Bool { nodes[hash] != nil }

  /// A node's bytes; nil where it was not found.
  public func node(_ hash: ContentHash) -> [UInt8]? {
    guard let place = nodes[hash], let bytes = bytes(at: place),
      bytes.withUnsafeBytes({ ContentHash(ofNode: $0) }) == hash
    else { return nil }
    return bytes
  }

  /// The migrations' texts among the nodes.
  public func sources() -> [ContentHash] {
    nodes.keys.filter { hash in
      guard let place = nodes[hash] else { return false }
      return bytes(at: place)?.first == NodeKind.source.rawValue
    }
    .sorted()
  }
}

extension FoundContents: NodeReader {
  /// Runs `body` on a node's bytes, whose hash is right.
  /// - Throws: `StoreError.missingNode`.
  public func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    guard let bytes = node(hash) else { throw StoreError.missingNode(hash) }
    return try bytes.withUnsafeBytes { bytes in
      do {
        return try body(bytes)
      } catch let error as FormatError {
        throw StoreError.damaged("the node \(hash.short)", error)
      }
    }
  }
}
