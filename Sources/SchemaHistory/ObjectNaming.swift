public import SchemaModel
import Storage

/// What a name of an object means: a path, and a column of it where one was named.
public struct ObjectName: Hashable, Sendable {
  public var path: ObjectPath
  public var column: String?

  public init(path: ObjectPath, column: String? = nil) {
    self.path = path
    self.column = column
  }
}

extension History {
  /// The object that a name means at a revision: `users`, `public.users`, `table:users`,
  /// `users.email`, `index:ix_users_email`. A plain name means the table (or the view) before
  /// anything else.
  /// - Throws: `HistoryError.unknownObject` with the nearest ones, `.ambiguousObject`.
  public func object(named name: String, at id: RevisionID) throws -> ObjectName {
    // The common question is answered without reading the whole schema.
    if !name.contains(":") {
      for kind in [ObjectKind.table, .view] {
        let path = ObjectPath(kind, name: name)
        if try object(path, at: id) != nil { return ObjectName(path: path) }
      }
    }
    return try Self.object(named: name, in: schema(at: id))
  }

  /// The same, in a schema that is at hand.
  public static func object(named name: String, in schema: Schema) throws -> ObjectName {
    var wanted = name
    var kind: ObjectKind?
    if let colon = name.firstIndex(of: ":"), let named = Self.kind(named: name[..<colon]) {
      kind = named
      wanted = String(name[name.index(after: colon)...])
    }
    let exact = matches(wanted, kind, in: schema)
    if let match = try single(exact, name) { return ObjectName(path: match) }
    if let dot = wanted.lastIndex(of: ".") {
      let column = String(wanted[wanted.index(after: dot)...])
      let tables = matches(String(wanted[..<dot]), kind ?? .table, in: schema).filter {
        schema.objects[$0]?.table?.column(named: column) != nil
      }
      if let match = try single(tables, name) { return ObjectName(path: match, column: column) }
    }
    // What was printed can be typed.
    let meant = VisibleText.read(name)
    if meant != name { return try object(named: meant, in: schema) }
    let names = schema.paths.map {
      kind == nil ? $0.qualifiedName : "\($0.kind):\($0.qualifiedName)"
    }
    throw HistoryError.unknownObject(name, nearest: Nearness.nearest(to: name, among: names))
  }

  private static func kind(named word: Substring) -> ObjectKind? {
    ObjectKind.allCases.first { $0.description == word }
  }

  private static func matches(
    _ name: String, _ kind: ObjectKind?, in schema: Schema
  ) -> [ObjectPath] {
    let all = schema.paths.filter { path in
      (kind == nil || path.kind == kind) && (path.qualifiedName == name || path.name == name)
    }
    let exact = all.filter { $0.qualifiedName == name }
    return exact.isEmpty ? all : exact
  }

  private static func single(_ paths: [ObjectPath], _ name: String) throws -> ObjectPath? {
    if paths.count <= 1 { return paths.first }
    let relations = paths.filter { [.table, .view, .materializedView].contains($0.kind) }
    if relations.count == 1 { return relations.first }
    throw HistoryError.ambiguousObject(
      name, candidates: paths.map { "\($0.kind):\($0.qualifiedName)" })
  }
}
