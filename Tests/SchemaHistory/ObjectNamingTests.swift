import Foundation
import LMDB
import SchemaHistory
import SchemaModel
import StoreFormat
import Testing

@Suite("The name of an object")
struct ObjectNamingTests {
  /// Tables and indexes in namespaces, recorded as operations.
  final class Bed {
    let folder = NSTemporaryDirectory() + "strata-names-\(UUID().uuidString)"
    let history: History
    private var last: RevisionID?

    init(defaultNamespace: String = "public") throws {
      history = try History.create(at: folder, dialect: Dialect("postgresql"), by: "tester")
      history.defaultNamespace = defaultNamespace
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func record(_ id: RevisionID, _ operations: [SchemaModel.Operation]) throws {
      let draft = RevisionDraft(id: id, parents: last.map { [$0] } ?? [])
      try history.record([Recording(draft: draft, change: .operations(operations))], by: "tester")
      last = id
    }

    func named(_ name: String, at id: RevisionID = "a") throws -> String {
      let found = try history.object(named: name, at: id)
      return found.path.description + (found.column.map { " column \($0)" } ?? "")
    }

    /// The words of a refusal.
    func refusal(_ name: String) throws -> String {
      do {
        return "found " + (try named(name))
      } catch let error as HistoryError {
        return error.description
      }
    }
  }

  static func table(
    _ name: String, in namespace: String, columns: [String] = ["id"]
  ) -> (path: ObjectPath, object: SchemaObject) {
    let table = Table(columns: columns.map { Column(name: $0, type: "bigint") })
    return (.table(name, namespace: namespace), SchemaObject(.table(table)))
  }

  static func index(
    _ name: String, in namespace: String, on table: String
  ) -> (path: ObjectPath, object: SchemaObject) {
    (
      ObjectPath(.index, namespace: namespace, name: name),
      SchemaObject(.index(Index(table: table, parts: [KeyPart("id")])))
    )
  }

  static func creations(
    _ objects: [(path: ObjectPath, object: SchemaObject)]
  ) -> [SchemaModel.Operation] {
    objects.map { .createObject(CreateObject(path: $0.path, object: $0.object)) }
  }

  static let objects: [(path: ObjectPath, object: SchemaObject)] = [
    table("users", in: "public", columns: ["id", "email"]), table("users", in: "app"),
    table("rates", in: "app", columns: ["rate"]), table("app", in: "public"),
    table("odd.name", in: "public", columns: ["part"]), table("c", in: "a.b"),
    table("b.c", in: "a"), index("ix", in: "public", on: "users"),
    index("ix", in: "app", on: "users"), index("ix_rates", in: "app", on: "rates"),
    (
      ObjectPath(.view, namespace: "public", name: "latest"),
      SchemaObject(.definition(Definition(text: "CREATE VIEW ...")))
    ),
    (
      ObjectPath(.trigger, namespace: "public", name: "seen", table: "users"),
      SchemaObject(.definition(Definition(table: "users", text: "CREATE TRIGGER ...")))
    ),
    (
      ObjectPath(.namespace, name: "app"),
      SchemaObject(.definition(Definition(text: "CREATE SCHEMA app")))
    ),
  ]

  @Test(
    "means what stands first among these",
    arguments: [
      ("users", "table public.users"), ("app.users", "table app.users"),
      ("table:users", "table public.users"), ("rates", "table app.rates"),
      ("users.email", "table public.users column email"),
      ("public.users.email", "table public.users column email"),
      ("app.users.id", "table app.users column id"), ("rates.rate", "table app.rates column rate"),
      ("odd.name", "table public.odd.name"), ("odd.name.part", "table public.odd.name column part"),
      ("ix", "index public.ix"), ("index:app.ix", "index app.ix"),
      ("ix_rates", "index app.ix_rates"), ("latest", "view public.latest"),
      ("seen", "trigger public.users.seen"), ("public.users.seen", "trigger public.users.seen"),
      ("app", "table public.app"), ("schema:app", "schema app"),
    ])
  func meanings(name: String, meaning: String) throws {
    let bed = try Bed()
    try bed.record("a", Self.creations(Self.objects))
    #expect(try bed.named(name) == meaning)
  }

  @Test("is refused with what it may mean")
  func refusals() throws {
    let bed = try Bed(defaultNamespace: "")
    try bed.record("a", Self.creations(Self.objects))
    #expect(
      try bed.refusal("users")
        == "'users' names several objects: choose one of table:app.users, table:public.users")
    #expect(
      try bed.refusal("a.b.c")
        == "'a.b.c' names several objects: choose one of table:a.b.c, table:a.b.c")
    let nearest = "expected an object of the schema, found none that '%' names; nearest: "
    for (name, found) in [
      ("public.user", "public.users, "), ("odd.nam", "public.odd.name"),
      ("latst", "public.latest"), ("index:ix_rate", "index:app.ix_rates"),
    ] {
      let start = nearest.replacingOccurrences(of: "%", with: name) + found
      #expect(try bed.refusal(name).hasPrefix(start))
    }
    #expect(
      try bed.refusal("users.color").hasPrefix("expected an object of the schema, found none"))
    #expect(try bed.refusal("public.users.").hasPrefix("expected an object of the schema"))
    #expect(try bed.refusal("").hasPrefix("expected an object of the schema"))
  }

  @Test("is that of the newest revision that had one, where the head has none")
  func former() throws {
    let bed = try Bed()
    let (users, object) = Self.table("users", in: "public", columns: ["id", "email"])
    let other = Self.table("other", in: "app")
    try bed.record("a", Self.creations([(users, object), other]))
    try bed.record(
      "b",
      [
        .dropColumn(
          DropColumn(table: users, column: Column(name: "email", type: "bigint"), position: 1))
      ])
    try bed.record(
      "c", [.renameObject(RenameObject(path: users, newPath: users.renamed("people")))])
    try bed.record("d", [.dropObject(DropObject(path: other.path, object: other.object))])
    func newest(_ name: String) throws -> String {
      let found = try bed.history.newestObject(named: name)
      return found.path.description + (found.column.map { " column \($0)" } ?? "")
    }
    #expect(try newest("people") == "table public.people")
    #expect(try newest("users") == "table public.users")
    #expect(try newest("users.email") == "table public.users column email")
    #expect(try newest("other") == "table app.other")
    #expect(throws: HistoryError.self) { try newest("users.color") }
    #expect(throws: HistoryError.self) { try newest("index:users") }
  }

  @Test("is looked up, and the object asked, without reading any other object")
  func nothingElseIsRead() throws {
    let bed = try Bed()
    // Enough for a tree with branches; everything but one table and its index is then taken away.
    var objects = Self.objects
    for number in 0..<100 {
      objects.append(Self.table("t\(number)", in: number % 2 == 0 ? "public" : "app"))
    }
    try bed.record("a", Self.creations(objects))
    let kept: Set = [
      "table public.users", "index public.ix", "index app.ix", "index app.ix_rates",
      "trigger public.users.seen",
    ]
    do {
      let environment = try Environment.open(path: bed.folder + "/log")
      let nodes = try environment.database(Keys.nodes, create: false)
      let needed = Set(
        objects.filter { kept.contains($0.path.description) }.map {
          ContentHash(of: ContentNode.bytes(of: $0.object))
        })
      try environment.write { transaction in
        for object in objects {
          let hash = ContentHash(of: ContentNode.bytes(of: object.object))
          if !needed.contains(hash) { _ = try transaction.delete(nodes, hash.bytes) }
        }
      }
    }
    #expect(throws: HistoryError.self) { try bed.history.schema(at: "a") }
    #expect(try bed.named("users") == "table public.users")
    #expect(try bed.named("ix") == "index public.ix")
    #expect(try bed.named("users.email") == "table public.users column email")
    #expect(try bed.named("ix_rates") == "index app.ix_rates")
    #expect(try bed.refusal("t100").contains("nearest: public.t10"))
    #expect(try bed.history.object(.table("users", namespace: "public"), at: "a") != nil)
    #expect(try bed.history.paths(at: "a").count == objects.count)
    let blame = try bed.history.blame(.table("users", namespace: "public"), at: "a")
    #expect(blame.map(\.name) == ["id", "email", "ix", "seen"])
  }
}
