internal import GRDB
internal import SchemaModel

/// Writes facts as rows. Lives as long as its connection; used inside a transaction only.
final class ProjectionWriter {
  let db: Database
  let statements: ProjectionStatements
  /// Rows of `object_paths`, as far as they were needed.
  private var objects: [ObjectPath: Int64] = [:]
  private var dataVersion: Int64?
  private var lastTime: (time: Timestamp, text: String)?

  init(_ db: Database) throws {
    self.db = db
    statements = try ProjectionStatements(db)
  }

  /// Forgets what is remembered of the file where another connection has written to it.
  func noticeOtherWriters() throws {
    let version = try Int64.fetchOne(try db.cachedStatement(sql: "PRAGMA data_version"))
    if version != dataVersion { objects = [:] }
    dataVersion = version
  }

  func move(to position: (sequence: EventSequence, hash: ContentHash)) throws {
    let sql = "UPDATE projection_state SET last_sequence = ?, last_hash = ?"
    try db.cachedStatement(sql: sql).run([
      position.sequence.number, position.hash.description,
    ])
  }

  func add(_ fact: ProjectedFact) throws {
    switch fact {
    case .revision(let revision): try add(revision)
    case .event(let event): try add(event)
    }
  }

  /// Many events in a row have the same time.
  func text(_ time: Timestamp) -> String {
    if let lastTime, lastTime.time == time { return lastTime.text }
    let text = time.description
    lastTime = (time, text)
    return text
  }

  func object(_ path: ObjectPath) throws -> Int64 {
    if let known = objects[path] { return known }
    let kind = path.kind.description
    let found = try statements.findPath.row([path.name, kind, path.namespace, path.table ?? ""])
    let number: Int64
    if let row = found {
      number = try row.integer(0)
    } else {
      try statements.insertPath.run([kind, path.namespace, path.table ?? "", path.name])
      number = db.lastInsertedRowID
    }
    objects[path] = number
    return number
  }
}

extension EventSequence {
  var number: Int64 { Int64(clamping: value) }
}
