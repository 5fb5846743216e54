import Foundation
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

/// What a store holds of each revision, and which of them have every byte left in a damaged copy.
struct WholeRevisions {
  /// The bytes of the event, and of all nodes that it names.
  private var needs: [RevisionID: [Data]] = [:]
  private(set) var fingerprints: [RevisionID: String] = [:]
  private(set) var rows: [RevisionID: ContentHash] = [:]
  private var texts: [RevisionID: Data] = [:]

  /// - Parameter store: a whole one.
  init(of store: String) throws {
    let log = try Store.open(at: store, readOnly: true)
    try log.read { try add($0) }
    for segment in try log.read({ try $0.state().segments }) {
      try ArchivedLog(segment.reference, in: log.archivePath).read { try add($0) }
    }
  }

  private mutating func add(_ log: LogReader) throws {
    var revisions: [(Revision, Data)] = []
    try log.forEachRecord(from: EventSequence(0)) { _, bytes in
      let record = try EventRecord(bytes)
      if case .revisionRecorded(let revision) = record.event.fact {
        revisions.append((revision, Data(bytes)))
      }
      return true
    }
    for (revision, record) in revisions {
      var hashes = [revision.source?.up, revision.source?.down].compactMap { $0 }
      try SnapshotTree.forEachNode(root: revision.snapshot.hash, in: log) { hash, node in
        hashes.append(hash)
        if case .leaf(let entries) = node { hashes += entries.map(\.content) }
        return true
      }
      if let rows = revision.rows {
        try SnapshotTree.forEachNode(root: rows, in: log) { hash, node in
          hashes.append(hash)
          guard case .leaf(let entries) = node else { return true }
          for entry in entries {
            hashes.append(entry.content)
            hashes += try log.withNode(entry.content) { try RowCodec.header($0).chunks }
          }
          return true
        }
      }
      needs[revision.id] = try [record] + hashes.map { try log.withNode($0) { Data($0) } }
      fingerprints[revision.id] = "\(revision.snapshot)"
      rows[revision.id] = revision.rows
      texts[revision.id] = try revision.source.map { try log.withNode($0.up) { Data($0) } }
    }
  }

  /// Those of which every byte lies in some file of the store.
  func whole(in store: String) throws -> Set<RevisionID> {
    let files = try Self.files(of: store)
    var known: [Data: Bool] = [:]
    return Set(
      needs.filter { _, values in
        values.allSatisfy { value in
          if let answer = known[value] { return answer }
          let answer = files.contains { $0.range(of: value) != nil }
          known[value] = answer
          return answer
        }
      }.keys)
  }
}

extension WholeRevisions {
  /// Those of which the migration's text lies in some file of the store.
  func withText(in store: String) throws -> Set<RevisionID> {
    let files = try Self.files(of: store)
    return Set(texts.filter { _, text in files.contains { $0.range(of: text) != nil } }.keys)
  }

  private static func files(of store: String) throws -> [Data] {
    try ["log", "archive"].flatMap { folder in
      try ((try? FileManager.default.contentsOfDirectory(atPath: "\(store)/\(folder)")) ?? []).map {
        try Data(contentsOf: URL(fileURLWithPath: "\(store)/\(folder)/\($0)"))
      }
    }
  }
}

/// A salvage of a damaged copy, and what must hold of each.
struct SalvageCheck {
  let original: WholeRevisions
  let target: String

  init(_ original: WholeRevisions, in folder: String) {
    self.original = original
    target = folder + "/salvaged"
  }

  /// Salvages, and holds the new store against what the files still hold.
  @discardableResult
  func run(_ store: String, _ what: Comment) throws -> SalvageReport {
    try? FileManager.default.removeItem(atPath: target)
    let before = try Self.bytes(of: store)
    let (whole, withText) = (try original.whole(in: store), try original.withText(in: store))
    let report = try History.salvage(at: store, to: target, by: "Ann")
    #expect(try Self.bytes(of: store) == before, what)
    let verified = try History.verify(at: target, full: true)
    #expect(!verified.isDamaged && !verified.isStale, "\(what): \(verified.findings)")
    let history = try History.open(at: target, readOnly: true)
    let taken = try history.graph().entries.map(\.id)
    #expect(whole.subtracting(taken).isEmpty, what)
    for id in taken {
      let found = try history.revision(id).revision
      #expect("\(found.snapshot)" == original.fingerprints[id], "\(what): \(id)")
      if withText.contains(id) { #expect(try history.source(of: id) != nil, "\(what): \(id)") }
      if whole.contains(id) {
        #expect(found.rows == original.rows[id], "\(what): \(id)")
      }
    }
    return report
  }

  /// Every file, with its bytes.
  static func bytes(of store: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: store) ?? .init() {
      let path = store + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      found[name] = try Data(contentsOf: URL(fileURLWithPath: path))
    }
    return found
  }
}
