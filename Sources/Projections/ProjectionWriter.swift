internal import SQLiteAccess
internal import SchemaModel

/// Writes facts as rows. Lives as long as its connection; used inside a transaction only.
final class ProjectionWriter {
  let db: SQLiteDatabase
  let statements: ProjectionStatements
  /// Rows of `object_paths`, as far as they were needed.
  private var objects: [ObjectPath: Int64] = [:]
  private var dataVersion: Int64?
  private var lastTime: (time: Timestamp, text: String)?

  init(_ db: SQLiteDatabase) throws {
    self.db = db
    statements = try ProjectionStatements(db)
  }

  /// Forgets what is remembered of the file where another connection has written to it.
  func noticeOtherWriters() throws {
    let version = try db.cached("PRAGMA data_version").first { try $0.integer(0) }
    if version != dataVersion { objects = [:] }
    dataVersion = version
  }

  func move(to position: (sequence: EventSequence, hash: ContentHash)) throws {
    let sql = "UPDATE projection_state SET last_sequence = ?, last_hash = ?"
    try db.cached(sql).run([
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
    let found = try statements.findPath.row([path.name, kind, path.namespace, path.table ?? ""]) {
      try $0.integer(0)
    }
    let number: Int64
    if let found {
      number = found
    } else {
      try statements.insertPath.run([kind, path.namespace, path.table ?? "", path.name])
      number = db.lastInsertedRow
    }
    objects[path] = number
    return number
  }
}

extension EventSequence {
  var number: Int64 { Int64(clamping: value) }
}
