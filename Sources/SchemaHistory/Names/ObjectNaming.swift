public import SchemaModel
import Storage
import StoreFormat

/// What a name of an object means: a path, and a column of it where one was named.
public struct ObjectName: Hashable, Sendable {
  /// The object's path at the revision that was asked.
  public var path: ObjectPath
  /// The column of it that was named; nil for the object itself.
  public var column: String?

  public init(path: ObjectPath, column: String? = nil) {
    self.path = path
    self.column = column
  }
}

extension History {
  /// The object that a name means at a revision: `users`, `public.users`, `table:users`,
  /// `users.email`, `index:ix_users_email`. A plain name means the table (or the view) before
  /// anything else, and what is in `defaultNamespace` before what is in others.
  ///
  /// What is found by its whole name costs a few reads; anything else is looked for among the paths
  /// of the snapshot. No object is decoded but the tables whose columns are asked for.
  /// - Throws: `HistoryError.unknownObject` with the nearest ones and what became of it,
  ///   `.ambiguousObject`; `.unknownRevision`.
  public func object(named name: String, at id: RevisionID) throws -> ObjectName {
    do {
      return try find(objectNamed: name, at: id)
    } catch HistoryError.unknownObject(let text, let nearest, nil) {
      // What cannot be read of the past is no reason to say less of the present.
      let absence = (try? absence(of: name, at: id)) ?? nil
      throw HistoryError.unknownObject(text, nearest: nearest, absence: absence)
    }
  }

  func find(objectNamed name: String, at id: RevisionID) throws -> ObjectName {
    try withRoot(of: id) { log, root in
      try ObjectNameSearch(
        defaultNamespace: defaultNamespace, snapshot: SnapshotNames(self, log, root)
      ).object(named: name)
    }
  }

  /// The object that a name means at a head; else at the newest revision that had one.
  /// - Throws: `HistoryError.unknownObject` with the nearest ones at the first head,
  ///   `.ambiguousObject`, `.noRevisions`.
  public func newestObject(named name: String) throws -> ObjectName {
    try inOneState {
      let heads = try heads()
      guard !heads.isEmpty else { throw HistoryError.noRevisions }
      var unknown: HistoryError?
      for head in heads {
        do {
          return try find(objectNamed: name, at: head)
        } catch let error as HistoryError {
          guard case .unknownObject = error else { throw error }
          unknown = unknown ?? error
        }
      }
      if let found = try formerObject(named: name, except: Set(heads)) { return found }
      throw unknown ?? HistoryError.noRevisions
    }
  }

  /// What a name meant at the newest revision where it meant something. That follows from the
  /// entries that it could mean, so revisions between which these are the same are asked once.
  private func formerObject(
    named name: String, except heads: Set<RevisionID>
  ) throws -> ObjectName? {
    var finder = ObjectNameSearch.finder(of: name)
    var tried: [SnapshotEntry] = []
    for revision in try graph().entries.reversed() where !heads.contains(revision.id) {
      let entries = try withSnapshot(of: revision.id) { log, entry in
        try finder.entries(root: entry.snapshot, in: log)
      }
      if entries.isEmpty || entries == tried { continue }
      tried = entries
      if let found = try? find(objectNamed: name, at: revision.id) { return found }
    }
    return nil
  }
}

/// A snapshot as a search for names reads it.
private struct SnapshotNames {
  let history: History
  let log: LogReader
  let root: SnapshotRoot

  init(_ history: History, _ log: LogReader, _ root: SnapshotRoot) {
    self.history = history
    self.log = log
    self.root = root
  }

  func holds(_ path: ObjectPath) throws -> Bool {
    try log.content(at: history.objects.place(of: path), root: root) != nil
  }

  func hasColumn(_ name: String, in path: ObjectPath) throws -> Bool {
    let place = history.objects.place(of: path)
    return try history.object(at: place, root: root, in: log)?.table?.column(named: name) != nil
  }

  func columns(of path: ObjectPath) throws -> [String] {
    let place = history.objects.place(of: path)
    return try history.object(at: place, root: root, in: log)?.table?.columns.map(\.name) ?? []
  }

  /// The paths that a name could mean, or whose column.
  func paths(_ name: String) throws -> [ObjectPath] {
    var finder = ObjectNameSearch.finder(of: name)
    return try finder.entries(root: root.hash, in: log).map(\.path)
  }
}

/// The rules by which a name is read.
private struct ObjectNameSearch {
  /// What a plain name means before anything else.
  private static let relations: [ObjectKind] = [.table, .view, .materializedView]

  let defaultNamespace: String
  let snapshot: SnapshotNames

  func object(named name: String) throws -> ObjectName {
    let (kind, wanted) = ObjectNameReading.parts(of: name)
    if let path = try lookedUp(wanted, kind) { return ObjectName(path: path) }
    let paths = try snapshot.paths(name)
    let all = matches(wanted, kind, in: paths)
    if let match = try Self.single(all, name) { return ObjectName(path: match) }
    if let dot = wanted.lastIndex(of: ".") {
      let column = String(wanted[wanted.index(after: dot)...])
      let tables = try matches(String(wanted[..<dot]), kind ?? .table, in: paths).filter {
        try snapshot.hasColumn(column, in: $0)
      }
      if let match = try Self.single(tables, name) {
        return ObjectName(path: match, column: column)
      }
    }
    // What was printed can be typed.
    let meant = VisibleText.read(name)
    if meant != name { return try object(named: meant) }
    throw HistoryError.unknownObject(
      name,
      nearest: try nearestColumns(to: wanted, ofKind: kind, in: paths)
        ?? nearest(to: name, ofKind: kind))
  }

  /// Where the table is there, its columns; nil where it is not, or none is near.
  private func nearestColumns(
    to wanted: String, ofKind kind: ObjectKind?, in paths: [ObjectPath]
  ) throws -> [String]? {
    guard let dot = wanted.lastIndex(of: "."),
      let table = matches(String(wanted[..<dot]), kind ?? .table, in: paths).first
    else { return nil }
    let column = String(wanted[wanted.index(after: dot)...])
    let near = NearestNames.find(column, among: try snapshot.columns(of: table))
    return near.isEmpty ? nil : near.map { "\(wanted[..<dot]).\($0)" }
  }

  /// The whole names of what is nearest, by those or by their last part.
  private func nearest(to name: String, ofKind kind: ObjectKind?) throws -> [String] {
    var wholeNames: [ExactText: String] = [:]
    for path in try snapshot.log.paths(root: snapshot.root.hash) {
      let prefix = kind == nil ? "" : "\(path.kind):"
      let whole = prefix + path.qualifiedName
      wholeNames[whole] = whole
      let short = prefix + path.name
      if wholeNames[short] == nil || path.namespace == defaultNamespace {
        wholeNames[short] = whole
      }
    }
    var found: [String] = []
    for near in NearestNames.find(name, among: wholeNames.keys.texts) {
      if let whole = wholeNames[near], !found.contains(whole) { found.append(whole) }
    }
    return found
  }

  /// Finds every path that a name could mean, or a column of which.
  static func finder(of name: String) -> SnapshotFinder {
    var spellings: Set<ExactText> = []
    for name in [name, VisibleText.read(name)] {
      let wanted = ObjectNameReading.parts(of: name).wanted
      spellings.insert(wanted)
      if let dot = wanted.lastIndex(of: ".") { spellings.insert(String(wanted[..<dot])) }
    }
    return SnapshotFinder {
      spellings.contains($0.name) || spellings.contains($0.qualifiedName)
    }
  }

  /// What a look-up in the tree finds: an object by its whole name, else by its name in the default
  /// namespace.
  private func lookedUp(_ wanted: String, _ kind: ObjectKind?) throws -> ObjectPath? {
    let kinds = kind.map { [$0] } ?? Self.relations
    let places = ObjectNameReading.places(wanted)
    for kind in kinds {
      let found = try places.map { ObjectPath(kind, namespace: $0.namespace, name: $0.name) }
        .filter(snapshot.holds)
      if found.count == 1 { return found.first }
      // More than one: `a.b.c` is the schema a's, or the schema a.b's.
      if !found.isEmpty { return nil }
    }
    if defaultNamespace.isEmpty { return nil }
    return try kinds.map { ObjectPath($0, namespace: defaultNamespace, name: wanted) }
      .first(where: snapshot.holds)
  }

  private func matches(
    _ name: String, _ kind: ObjectKind?, in paths: [ObjectPath]
  ) -> [ObjectPath] {
    let all = paths.filter { path in
      (kind == nil || path.kind == kind) && (path.qualifiedName == name || path.name == name)
    }
    let exact = all.filter { $0.qualifiedName == name }
    if !exact.isEmpty { return exact }
    let nearby = all.filter { $0.namespace == defaultNamespace }
    return nearby.isEmpty ? all : nearby
  }

  private static func single(_ paths: [ObjectPath], _ name: String) throws -> ObjectPath? {
    if paths.count <= 1 { return paths.first }
    let relations = paths.filter { Self.relations.contains($0.kind) }
    if relations.count == 1 { return relations.first }
    throw HistoryError.ambiguousObject(
      name, candidates: paths.map { "\($0.kind):\($0.qualifiedName)" })
  }
}

/// How a name of an object is written.
enum ObjectNameReading {
  /// `table:users` is a kind and a name.
  static func parts(of name: String) -> (kind: ObjectKind?, wanted: String) {
    guard let colon = name.firstIndex(of: ":"),
      let kind = ObjectKind.allCases.first(where: { $0.description == name[..<colon] })
    else { return (nil, name) }
    return (kind, String(name[name.index(after: colon)...]))
  }

  /// What each dot may part.
  static func places(_ wanted: String) -> [(namespace: String, name: String)] {
    var places = [(namespace: "", name: wanted)]
    for dot in wanted.indices where wanted[dot] == "." {
      places.append((String(wanted[..<dot]), String(wanted[wanted.index(after: dot)...])))
    }
    return places
  }

  /// The paths by which what a name means may ever have been recorded, tables first.
  static func candidates(_ name: String, _ defaultNamespace: String) -> [ObjectPath] {
    let (kind, wanted) = parts(of: name)
    let kinds = kind.map { [$0] } ?? [.table] + ObjectKind.allCases.filter { $0 != .table }
    var places = places(wanted)
    if !defaultNamespace.isEmpty { places.append((defaultNamespace, wanted)) }
    return kinds.flatMap { kind in
      places.map { ObjectPath(kind, namespace: $0.namespace, name: $0.name) }
    }
  }
}
