import FileSystem
import Projections
import SchemaModel
import Storage
import StoreFormat

/// What a projection tells of events that are gone. It holds no records; so what it says is a hint, but for
/// what gives the hash that the chain asks for.
struct ProjectionHints {
  struct KnownRevision {
    var sequence: EventSequence
    var parents: [RevisionID]
    var message: String
  }

  /// As people are told of it.
  let name: String
  private(set) var position: LogHead?
  private(set) var dialect: Dialect?
  private(set) var revisions: [RevisionID: KnownRevision] = [:]
  private var projection: Projection?

  init(of directory: String, in folder: TemporaryFolder) {
    self.init(Self.fileName, in: directory, name: "the projection", copy: folder.path + "/newest")
  }

  private static let fileName = "projection.sqlite"

  /// Those that `rebuild` kept under other names: they had followed other events than the log had then, so
  /// what they say counts only where hashes prove it. The one that has seen most is first.
  static func kept(of directory: String, in folder: TemporaryFolder) -> [ProjectionHints] {
    Files.names(in: directory).filter { name in
      name.hasPrefix(fileName + ".old-")
        && !["-wal", "-shm", "-journal"].contains(where: name.hasSuffix)
    }.enumerated().map { number, name in
      ProjectionHints(name, in: directory, name: name, copy: "\(folder.path)/kept-\(number)")
    }.sorted {
      ($0.position?.sequence.value ?? 0, $0.name) > ($1.position?.sequence.value ?? 0, $1.name)
    }
  }

  /// Reads a copy: opening a projection may write beside it. What cannot be read tells nothing.
  private init(_ file: String, in directory: String, name: String, copy: String) {
    self.name = name
    let path = directory + "/" + file
    for suffix in ["", "-wal"] where PlaceKind(at: path + suffix) == .file {
      guard let bytes = try? Files.read(path + suffix) else { continue }
      try? Files.write(bytes, to: copy + suffix)
    }
    guard let projection = try? Projection.open(path: copy, readOnly: true) else { return }
    self.projection = projection
    position = (try? projection.position).flatMap { $0 }.map {
      LogHead(sequence: $0.sequence, hash: $0.hash)
    }
    for row in rows("SELECT dialect FROM projection_state") {
      if case .text(let name)? = row.first { dialect = Dialect(rawValue: name) }
    }
    for row in rows("SELECT id, sequence, message FROM revisions") {
      guard row.count == 3, case .text(let id) = row[0], case .integer(let sequence) = row[1],
        case .text(let message) = row[2]
      else { continue }
      revisions[RevisionID(id)] = KnownRevision(
        sequence: EventSequence(UInt64(clamping: sequence)), parents: [], message: message)
    }
    for row in rows("SELECT revision, parent FROM revision_parents ORDER BY revision, position") {
      guard row.count == 2, case .text(let id) = row[0], case .text(let parent) = row[1] else {
        continue
      }
      revisions[RevisionID(id)]?.parents.append(RevisionID(parent))
    }
  }

  private func rows(_ sql: String) -> [[RowValue]] { (try? projection?.query(sql).rows) ?? [] }

  /// The records of events that are gone, where the projection holds all that they said and they lead, by
  /// their hashes, from the one before to the one behind.
  /// - Parameter end: the hash of the last of them.
  func records(
    of hole: ClosedRange<UInt64>, after previous: ContentHash, to end: ContentHash
  ) -> [[UInt8]]? {
    guard hole.upperBound - hole.lowerBound < 10_000 else { return nil }
    let found = rows(
      """
      SELECT sequence, time, actor, kind, revision, summary FROM events
      WHERE sequence BETWEEN \(hole.lowerBound) AND \(hole.upperBound) ORDER BY sequence
      """)
    guard found.count == hole.count else { return nil }
    var records: [[UInt8]] = []
    var hash = previous
    for (sequence, row) in zip(hole, found) {
      guard let event = Self.event(sequence, row) else { return nil }
      let record = EventRecord.encode(event, after: hash)
      records.append(record.bytes)
      hash = record.hash
    }
    return hash == end ? records : nil
  }

  private static func event(_ sequence: UInt64, _ row: [RowValue]) -> Event? {
    guard row.count == 6, row[0] == .integer(Int64(clamping: sequence)),
      case .text(let time) = row[1], case .text(let actor) = row[2], case .text(let kind) = row[3],
      case .text(let summary) = row[5], let time = Timestamp(time)
    else { return nil }
    func between(_ prefix: String, _ suffix: String) -> String? {
      guard summary.hasPrefix(prefix), summary.hasSuffix(suffix),
        summary.utf8.count >= prefix.utf8.count + suffix.utf8.count
      else { return nil }
      return String(
        decoding: summary.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count),
        as: UTF8.self)
    }
    var fact: Event.Fact?
    if kind == "tagged", case .text(let id) = row[4], let name = between("tag ", " = \(id)") {
      fact = .tagged(name: name, revision: RevisionID(id))
    } else if kind == "tag deleted", let name = between("tag ", " deleted") {
      fact = .tagDeleted(name: name)
    }
    return fact.map {
      Event(sequence: EventSequence(sequence), time: time, actor: actor, fact: $0)
    }
  }
}
