import Foundation
import GRDB
import LMDB
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat

// Trees that are none, and places that are not the store's own.
extension CraftedStore {
  /// Keeps a branch of sixteen times the same children, so many levels deep, all hashes right.
  static func bomb(_ bed: StoreBed, levels: Int) throws -> ContentHash {
    try Store.open(at: bed.store).write { log in
      var hash = try log.keep(SnapshotNode.leaf([]).bytes)
      for _ in 0..<levels {
        let children = (0..<SnapshotNode.slotCount).map { (slot: $0, hash: hash) }
        hash = try log.keep(SnapshotNode.branch(count: 1 << 40, children: children).bytes)
      }
      return hash
    }
  }

  static func chain(_ bed: StoreBed, levels: Int) throws -> ContentHash {
    try Store.open(at: bed.store).write { log in
      var hash = try log.keep(SnapshotNode.leaf([]).bytes)
      for _ in 0..<levels {
        hash = try log.keep(
          SnapshotNode.branch(count: 99, children: [(slot: 3, hash: hash)]).bytes)
      }
      return hash
    }
  }

  /// A node whose children are itself.
  static func circle(_ bed: StoreBed) throws -> ContentHash {
    // Any key of the right kind; that of its own bytes it cannot be.
    let tree = SnapshotNode.branch(count: 99, children: []).bytes.withUnsafeBytes {
      ContentHash(ofNode: $0)
    }
    let children = (0..<SnapshotNode.slotCount).map { (slot: $0, hash: tree) }
    try bed.put(node: SnapshotNode.branch(count: 99, children: children).bytes, under: tree)
    return tree
  }

  static let nodes = [
    CraftedStore(name: "node that refers to itself") {
      try $0.replaceHead(snapshot: circle($0))
    },
    CraftedStore(name: "tree of 100,000 levels") {
      try $0.replaceHead(snapshot: chain($0, levels: 100_000))
    },
    CraftedStore(name: "tree of 16 to the 14th paths") {
      try $0.replaceHead(snapshot: bomb($0, levels: 14))
    },
    CraftedStore(name: "rows in a tree that refers to itself") { bed in
      let snapshot = try Store.open(at: bed.store).read { log in
        try log.entry("005")?.snapshot ?? ContentHash(of: [])
      }
      try bed.replaceHead(snapshot: snapshot, rows: circle(bed))
    },
    CraftedStore(name: "revision that is its own ancestor") { bed in
      try Store.open(at: bed.store).write { log in
        let root = try log.reader.entry("005")?.snapshot ?? ContentHash(of: [])
        for (id, parent) in [("ring1", "ring2"), ("ring2", "ring1")] {
          let revision = Revision(
            draft: RevisionDraft(id: RevisionID(id), parents: [RevisionID(parent)]), source: nil,
            snapshot: Fingerprint(root), rows: nil, operationCount: 0)
          _ = try log.append(revision, operations: [], at: Timestamp.now, by: "evil")
        }
        log.state.heads = ["ring2"]
      }
    },
  ]

  private static func harmProjection(_ bed: StoreBed, _ sql: String) throws {
    let queue = try DatabaseQueue(path: bed.store + "/projection.sqlite")
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  /// What SQLite would roll back, and whose super-journal it would then delete.
  private static func journal(naming path: String) -> Data {
    var bytes = Data([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7])
    bytes += Data(repeating: 0, count: 504)
    let name = Data(path.utf8)
    func word(_ value: UInt32) -> Data { withUnsafeBytes(of: value.bigEndian) { Data($0) } }
    let sum = name.reduce(UInt32(0)) { $0 &+ UInt32($1) }
    bytes += word(1) + name + word(UInt32(name.count)) + word(sum)
    bytes += Data([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7])
    return bytes
  }

  static let projections = [
    CraftedStore(name: "projection with triggers and views") { bed in
      try harmProjection(
        bed,
        """
        CREATE TRIGGER evil AFTER INSERT ON events BEGIN DELETE FROM events; END;
        CREATE VIEW evil_view AS SELECT load_extension('\(bed.victim)/evil');
        """)
    },
    CraftedStore(name: "projection whose lines lead back") { bed in
      try harmProjection(
        bed,
        "UPDATE lines SET parent_line = line, parent_position = 1; UPDATE revisions SET line = 1")
    },
    CraftedStore(name: "projection that is a link") { bed in
      let queue = try DatabaseQueue(path: bed.victim + "/app.db")
      try queue.write { try $0.execute(sql: "CREATE TABLE kept (a)") }
      try queue.close()
      try bed.link("projection.sqlite", to: bed.victim + "/app.db")
    },
    CraftedStore(name: "projection's WAL and memory that are links") { bed in
      try bed.link("projection.sqlite-wal", to: bed.victim + "/precious")
      try bed.link("projection.sqlite-shm", to: bed.victim + "/folder/precious.sql")
    },
    CraftedStore(name: "projection's journal that names a file") { bed in
      try? FileManager.default.removeItem(atPath: bed.store + "/projection.sqlite-wal")
      try harmProjection(bed, "PRAGMA journal_mode = DELETE")
      try journal(naming: bed.victim + "/precious").write(
        to: URL(fileURLWithPath: bed.store + "/projection.sqlite-journal"))
    },
    CraftedStore(name: "projection that is a pipe") { try $0.pipe("projection.sqlite") },
  ]

  static let links = [
    CraftedStore(name: ".strata is a link") { bed in
      try FileManager.default.moveItem(atPath: bed.store, toPath: bed.victim + "/store")
      try FileManager.default.createSymbolicLink(
        atPath: bed.store, withDestinationPath: bed.victim + "/store")
    },
    CraftedStore(name: "log is a link") { bed in
      try FileManager.default.moveItem(
        atPath: bed.store + "/log", toPath: bed.victim + "/log")
      try bed.link("log", to: bed.victim + "/log")
    },
    CraftedStore(name: "log's file is a link") { bed in
      try FileManager.default.moveItem(
        atPath: bed.store + "/log/data.mdb", toPath: bed.victim + "/data.mdb")
      try bed.link("log/data.mdb", to: bed.victim + "/data.mdb")
    },
    CraftedStore(name: "log's lock is a link") {
      try $0.link("log/lock.mdb", to: $0.victim + "/precious")
    },
    CraftedStore(name: "log's lock has a second name") {
      try $0.hardLink("log/lock.mdb", to: $0.victim + "/precious")
    },
    CraftedStore(name: "log's file is a pipe") { try $0.pipe("log/data.mdb") },
    CraftedStore(name: "archive is a link") { try $0.link("archive", to: $0.victim) },
    CraftedStore(name: "scratch is a link") { try $0.link("scratch", to: $0.victim) },
    CraftedStore(name: "scratch databases are pipes") { bed in
      for name in try FileManager.default.contentsOfDirectory(atPath: bed.store + "/scratch") {
        try bed.pipe("scratch/" + name)
      }
    },
    CraftedStore(name: "writer.lock is a link") {
      try $0.link("writer.lock", to: $0.victim + "/precious")
    },
    CraftedStore(name: "writer.lock has a second name") {
      try $0.hardLink("writer.lock", to: $0.victim + "/precious")
    },
    CraftedStore(name: "writer.lock is a pipe") { try $0.pipe("writer.lock") },
    CraftedStore(name: "settings.toml is a link") {
      try $0.link("settings.toml", to: $0.victim + "/precious")
    },
    CraftedStore(name: "settings.toml is a pipe") { try $0.pipe("settings.toml") },
  ]
}
