/// Something that holds schema objects by path: a whole schema in memory, or a snapshot that is
/// read as needed. Operations apply to either.
public protocol SchemaState {
  /// Nil where there is none; throws where the medium under it fails.
  func object(at path: ObjectPath) throws -> SchemaObject?
  /// Takes the place of what is there.
  /// - Throws: where the medium under it fails.
  mutating func put(_ object: SchemaObject, at path: ObjectPath) throws
  /// Does nothing where there is none.
  /// - Throws: where the medium under it fails.
  mutating func remove(at path: ObjectPath) throws
}

/// A whole schema: every object by its path.
public struct Schema: Hashable, Sendable, SchemaState {
  /// Every object by its path.
  public var objects: [ObjectPath: SchemaObject]

  public init(_ objects: [ObjectPath: SchemaObject] = [:]) { self.objects = objects }

  public func object(at path: ObjectPath) -> SchemaObject? { objects[path] }
  public mutating func put(_ object: SchemaObject, at path: ObjectPath) { objects[path] = object }
  public mutating func remove(at path: ObjectPath) { objects[path] = nil }

  /// The paths in their order: by kind, then namespace, then name.
  public var paths: [ObjectPath] { objects.keys.sorted() }

  /// A table by its name; nil where there is none.
  public func table(_ name: String, namespace: String = "") -> Table? {
    objects[.table(name, namespace: namespace)]?.table
  }

  /// The indexes, triggers, policies, ... of one table, in the order of their paths.
  public func dependents(of table: ObjectPath) -> [ObjectPath] {
    objects.keys.filter {
      $0.namespace == table.namespace && objects[$0]?.owningTable == table.name
    }.sorted()
  }

  /// Applies operations in order.
  /// - Throws: `FoldError` at the first that does not fit.
  public mutating func fold(_ operations: some Sequence<Operation>) throws {
    for operation in operations { try operation.apply(to: &self) }
  }
}
