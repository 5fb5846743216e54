import Foundation
import GRDB
import LMDB
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat

/// A store that somebody made to do harm.
struct CraftedStore: Sendable {
  var name: String
  /// Whether it begins as a store with a segment.
  var isCut = false
  var craft: @Sendable (StoreBed) throws -> Void

  static let all: [CraftedStore] = notes + folders + segments + names + nodes + projections + links

  private static let evil = Array("evil\n".utf8)

  /// A rewriting that is said to have been interrupted.
  private static let notes = [
    CraftedStore(name: "note of a folder elsewhere") { bed in
      try bed.withState {
        $0.pending = PendingFolder(
          directory: bed.victim, writes: ["new": evil], removes: ["precious"])
      }
    },
    CraftedStore(name: "note with `..` in its paths") { bed in
      try bed.withState {
        $0.pending = PendingFolder(
          directory: bed.migrations, writes: ["../../victim/new": evil],
          removes: ["../../victim/precious"])
      }
    },
    CraftedStore(name: "note with absolute paths") { bed in
      try bed.withState {
        $0.pending = PendingFolder(
          directory: bed.migrations, writes: [ExactText(bed.victim + "/new"): evil],
          removes: [bed.victim + "/precious"])
      }
    },
    CraftedStore(name: "note of a path over a link in the folder") { bed in
      try FileManager.default.createSymbolicLink(
        atPath: bed.migrations + "/way", withDestinationPath: bed.victim)
      try bed.withState {
        $0.pending = PendingFolder(
          directory: bed.migrations, writes: ["way/new": evil], removes: ["way/precious"])
      }
    },
    CraftedStore(name: "note with a NUL and an empty part") { bed in
      try bed.withState {
        $0.pending = PendingFolder(
          directory: bed.victim + "\u{0}/m", writes: ["": evil, "a//b": evil], removes: ["."])
      }
    },
  ]

  /// A truncation's event with a folder rewriting.
  private static func cut(_ bed: StoreBed, folder: FolderRewrite) throws {
    let history = try History.open(at: bed.store)
    let plan = try history.planTruncation(at: "003")
    let store = try Store.open(at: bed.store)
    let segmentPlan = SegmentPlan(
      root: plan.root, revisions: plan.archived, first: plan.firstEvent, last: plan.lastEvent,
      tail: try store.read { try $0.state().lastSequence })
    let segment = try store.writeSegment(segmentPlan)
    try store.write { log in
      for bytes in [evil, Array("do not touch\n".utf8)] {
        _ = try log.keep(ContentNode.bytes(ofSource: bytes))
      }
      try log.truncate(
        segmentPlan,
        Truncation(
          revision: plan.rootRevision.revision, schema: plan.schema, segment: segment,
          folder: folder), pending: nil, at: Timestamp.now, by: "evil")
    }
  }

  private static let folders = [
    CraftedStore(name: "cut of a folder elsewhere") { bed in
      try cut(
        bed,
        folder: FolderRewrite(
          format: .sql, directory: bed.victim,
          added: ["precious": History.sourceHash(Array("do not touch\n".utf8))],
          removed: ["new": History.sourceHash(evil)]))
    },
    CraftedStore(name: "cut of a folder with `..` in its paths") { bed in
      try cut(
        bed,
        folder: FolderRewrite(
          format: .sql, directory: bed.migrations,
          added: ["../../victim/precious": History.sourceHash(Array("do not touch\n".utf8))],
          removed: ["../../victim/new": History.sourceHash(evil)]))
    },
  ]

  private static func rename(_ bed: StoreBed, segment name: String) throws {
    try bed.withState { $0.segments[0].reference.name = name }
  }

  private static func segmentName(_ bed: StoreBed) throws -> String {
    try FileManager.default.contentsOfDirectory(atPath: bed.store + "/archive")[0]
  }

  private static let segments = [
    CraftedStore(name: "segment named `../..`", isCut: true) { bed in
      try FileManager.default.copyItem(
        atPath: bed.store + "/archive/" + segmentName(bed), toPath: bed.victim + "/x.segment")
      try rename(bed, segment: "../../../victim/x.segment")
    },
    CraftedStore(name: "segment with an absolute name", isCut: true) { bed in
      try rename(bed, segment: bed.victim + "/precious")
    },
    CraftedStore(name: "segment that is a link", isCut: true) { bed in
      let name = try segmentName(bed)
      try FileManager.default.copyItem(
        atPath: bed.store + "/archive/" + name, toPath: bed.victim + "/x.segment")
      try bed.link("archive/" + name, to: bed.victim + "/x.segment")
    },
    CraftedStore(name: "segment that is a pipe", isCut: true) { bed in
      try bed.pipe("archive/" + segmentName(bed))
    },
    CraftedStore(name: "20,000 segments that are gone", isCut: true) { bed in
      try bed.withState { state in
        let segment = state.segments[0]
        state.segments = (0..<20_000).map { number in
          var other = segment
          other.reference.name = "\(number).segment"
          return other
        }
      }
    },
  ]

  private static func record(_ bed: StoreBed, source path: String) throws {
    let history = try History.open(at: bed.store)
    let draft = RevisionDraft(
      id: "006", parents: try history.heads(),
      source: SourceFile(format: .sql, path: path, up: evil))
    try history.record(
      [Recording(draft: draft, change: .operations([]))], by: "evil")
  }

  private static let names = [
    CraftedStore(name: "source named `../..`") { try record($0, source: "../../victim/precious") },
    CraftedStore(name: "source with an absolute name") {
      try record($0, source: $0.victim + "/precious")
    },
    CraftedStore(name: "settings.toml that names a program") { bed in
      try bed.write(
        """
        [import]
        sql = "m"
        python = "\(bed.victim)/evil"
        path = ["\(bed.victim)"]
        """, bed.store + "/settings.toml")
    },
    CraftedStore(name: "settings.toml that names a folder elsewhere") { bed in
      try bed.write("[import]\nsql = \"../victim/folder\"\n", bed.store + "/settings.toml")
    },
  ]
}
