public import SchemaModel

extension MigrationRunner {
  /// What the tool makes by itself in an empty database.
  /// - Parameter id: a revision, for messages.
  /// - Throws: `ImportError`; the engine's error.
  public func ground(on engine: some Engine, for id: RevisionID) throws -> Ground {
    var ground = Ground()
    let scratch = try engine.makeScratch()
    defer { scratch.discard() }
    var statements: [ExecutedStatement]?
    try scratch.overcoming { statements = try prepare(scratch, for: id) }
    guard let statements else { return ground }
    let empty = Capture(schema: Schema())
    _ = ground.learn(empty, try scratch.capture(after: empty, statements: statements))
    ground.ownStatements = ownStatements
    return ground
  }
}

extension ScratchDatabase {
  /// Tries as often as the database takes an obstacle out of the way.
  /// - Throws: `ImportError` with what to do about the one that it does not; what `body` throws.
  public func overcoming(_ body: () throws -> Void) throws {
    while true {
      do {
        return try body()
      } catch ImportError.revisionFailed(var failure) {
        guard try overcome(failure.reason) else {
          failure.hint = failure.hint ?? advice(on: failure.reason)
          throw ImportError.revisionFailed(failure)
        }
      }
    }
  }
}

/// What a migration tool makes by itself before any migration: tables of the application that env.py
/// makes, and what belongs to them. They are there in every database that the tool comes to, so they
/// are no revision's, and no baseline may make them again.
///
/// What a migration changes of it is recorded as a whole, with what belongs to it: then it is no longer
/// what was there before. Rows that the tool itself writes there behind each migration change nothing.
public struct Ground {
  /// What the tool itself ran behind the migrations.
  var ownStatements: Set<String> = []
  /// What it ran where no migration did.
  var preparations: Set<String> = []
  private var objects: [ObjectPath: SchemaObject] = [:]
  private var rows: [ObjectPath: RowSet] = [:]

  init() {}

  /// Whether the tool makes nothing by itself.
  public var isEmpty: Bool { objects.isEmpty }

  /// What of it a schema holds as well: migrations have changed it.
  public func changed(in schema: Schema) -> [ObjectPath] {
    objects.keys.filter { schema.objects[$0] != nil }.sorted()
  }

  /// - Returns: what was not known yet, in the order of the paths.
  mutating func learn(_ before: Capture, _ after: Capture) -> [ObjectPath] {
    var made: [ObjectPath] = []
    for (path, object) in after.schema.objects where Self.isLeftOut(path.kind) {
      guard before.schema.objects[path] == nil, objects[path] == nil else { continue }
      objects[path] = object
      rows[path] = after.rows.tables[path]
      made.append(path)
    }
    return made.sorted()
  }

  /// A baseline makes schemas and extensions for what lies in them, whoever made them first.
  private static func isLeftOut(_ kind: ObjectKind) -> Bool {
    kind != .namespace && kind != .extension
  }

  func leftOut(of schema: Schema) -> Schema {
    leftOut(of: Capture(schema: schema), comparesRows: false).schema
  }

  /// What is there beside it.
  public func leftOut(of capture: Capture) -> Capture { leftOut(of: capture, comparesRows: true) }

  private func leftOut(of capture: Capture, comparesRows: Bool) -> Capture {
    guard !objects.isEmpty else { return capture }
    let found = capture.schema.objects
    var same: Set<ObjectPath> = []
    var changed: [ObjectPath] = []
    for (path, object) in objects {
      guard let now = found[path] else { continue }
      let isSame =
        now == object
        && (!comparesRows || capture.rows.tables[path] == rows[path] || isWrittenTo(path))
      if isSame { same.insert(path) } else { changed.append(path) }
    }
    while let path = changed.popLast() {
      for other in same where Self.belong(path, other, found) {
        same.remove(other)
        changed.append(other)
      }
    }
    return Capture(
      schema: Schema(found.filter { !same.contains($0.key) }),
      rows: SeedRows(capture.rows.tables.filter { !same.contains($0.key) }),
      lineage: capture.lineage, statements: capture.statements, runners: capture.runners,
      warnings: capture.warnings, engine: capture.engine)
  }

  private func isWrittenTo(_ path: ObjectPath) -> Bool {
    path.kind == .table && ownStatements.contains { Self.names(path, in: $0) }
  }

  /// Tables that the tool writes to, where a migration names them as well: rows of both are in one place.
  func shared(with statements: [ExecutedStatement]) -> [ObjectPath] {
    objects.keys.filter { path in
      isWrittenTo(path)
        && statements.contains { !preparations.contains($0.sql) && Self.names(path, in: $0.sql) }
    }.sorted()
  }

  /// For people, of what a revision ran.
  func warnings(of statements: [ExecutedStatement]) -> [String] {
    shared(with: statements).map {
      "it names \($0), to which env.py writes by itself behind each migration: the rows there are no part "
        + "of the history, its own neither"
    }
  }

  private static func names(_ path: ObjectPath, in sql: String) -> Bool {
    sql.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == path.name }
  }

  /// Whether one is a part of the other, or needs it.
  private static func belong(
    _ path: ObjectPath, _ other: ObjectPath, _ objects: [ObjectPath: SchemaObject]
  ) -> Bool {
    guard let one = objects[path], let another = objects[other] else { return false }
    return one.dependencies.contains(other) || another.dependencies.contains(path)
      || one.partDependencies.values.contains { $0.contains(other) }
      || another.partDependencies.values.contains { $0.contains(path) }
      || (path.namespace == other.namespace
        && (one.owningTable == other.name || another.owningTable == path.name))
  }
}
