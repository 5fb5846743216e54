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
/// what was there before.
public struct Ground {
  private var objects: [ObjectPath: SchemaObject] = [:]
  private var rows: [ObjectPath: RowSet] = [:]

  init() {}

  /// Whether the tool makes nothing by itself.
  public var isEmpty: Bool { objects.isEmpty }

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
      let isSame = now == object && (!comparesRows || capture.rows.tables[path] == rows[path])
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
