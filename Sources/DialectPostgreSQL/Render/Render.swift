public import SchemaModel

extension PostgreSQL {
  /// The statements that make a schema, fill it and take it away; none ends with a semicolon.
  public enum Render {
    /// What of a schema a baseline holds, and in which form.
    public struct Options: Hashable, Sendable {
      /// Whether objects that are not the running role's are given to their owners.
      public var owners = true
      /// Whether privileges and default privileges are granted.
      public var grants = true
      /// Rows as COPY blocks, which only psql understands, instead of INSERT.
      public var copiesRows = false
      /// Whether each section begins with a line that names it.
      public var isCommented = false

      public init(
        owners: Bool = true, grants: Bool = true, copiesRows: Bool = false,
        isCommented: Bool = false
      ) {
        self.owners = owners
        self.grants = grants
        self.copiesRows = copiesRows
        self.isCommented = isCommented
      }
    }

    /// Everything that an empty database of the same major version needs to become `schema`, with
    /// `rows`; to be run in one transaction under `prelude(version:)`.
    ///
    /// What `unrendered(_:)` names is left out.
    /// - Throws: `PostgreSQL.RenderError` where objects need each other in a circle.
    public static func baseline(
      _ schema: Schema, rows: SeedRows = SeedRows(), options: Options = Options()
    ) throws -> [String] {
      let plan = Plan(schema, rows: rows, options: options)
      var statements: [String] = []
      var views: [ObjectPath] = []
      var section = ""
      func append(_ texts: [String], under title: String) {
        var texts = texts
        if options.isCommented, title != section, !texts.isEmpty {
          texts[0] = "-- \(title)\n" + texts[0]
          section = title
        }
        statements += texts
      }
      for node in try order(plan.nodes) {
        append(node.statements, under: node.key.title)
        if node.id.part == .object, plan.isFillable(node.id.path) {
          views.append(node.id.path)
        }
      }
      let refreshes = views.map { "REFRESH MATERIALIZED VIEW \(qualified($0))" }
      for (step, texts) in plan.finish(refreshes: refreshes) { append(texts, under: step.title) }
      return statements
    }

    /// The settings that a baseline runs under: names resolve as they did when the texts were
    /// read, functions may be made before what they use, and no row is hidden.
    ///
    /// They hold until the transaction ends. `version` is the major one.
    public static func prelude(version: Int) -> [String] {
      var statements = [
        "SET LOCAL check_function_bodies = off",
        "SET LOCAL search_path = public",
        "SET LOCAL client_min_messages = warning",
        "SET LOCAL row_security = off",
        "SET LOCAL standard_conforming_strings = on",
        "SET LOCAL xmloption = content",
        "SET LOCAL IntervalStyle = postgres",
        "SET LOCAL default_tablespace = ''",
        "SET LOCAL default_table_access_method = heap",
      ]
      if version >= 14 { statements.append("SET LOCAL default_toast_compression = 'pglz'") }
      return statements
    }

    /// What a baseline of `schema` leaves out: what the model does not hold (`opaque`), and all
    /// that cannot be made, or not in full, without it.
    public static func unrendered(_ schema: Schema) -> [ObjectPath] {
      let missing = unmakeable(schema)
      guard !missing.isEmpty else { return [] }
      let lacking = schema.objects.filter { _, object in
        object.partDependencies.values.contains { $0.contains(where: missing.contains) }
      }
      return missing.union(lacking.keys).sorted()
    }

    /// What is opaque, and what needs that as a whole.
    static func unmakeable(_ schema: Schema) -> Set<ObjectPath> {
      var found = Set(schema.objects.keys.filter { $0.kind == .opaque })
      guard !found.isEmpty else { return [] }
      var users: [ObjectPath: [ObjectPath]] = [:]
      for (path, object) in schema.objects {
        for needed in object.dependencies { users[needed, default: []].append(path) }
      }
      var waiting = Array(found)
      while let path = waiting.popLast() {
        for user in users[path] ?? [] where found.insert(user).inserted { waiting.append(user) }
      }
      return found
    }

    static func qualified(_ path: ObjectPath) -> String {
      PostgreSQL.quote(path.name, in: path.namespace)
    }
  }

  /// Why no baseline can be made.
  public enum RenderError: Error, Hashable, CustomStringConvertible {
    /// Each needs the next, and the last the first.
    case circle([String])

    public var description: String {
      switch self {
      case .circle(let names):
        "no order for a baseline: "
          + (names + names.prefix(1)).joined(separator: " needs ")
          + ". Break the circle in a migration, then record again."
      }
    }
  }
}
