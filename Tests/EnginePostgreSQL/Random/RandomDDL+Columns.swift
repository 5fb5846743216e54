import SchemaModel
import DialectPostgreSQL

extension RandomDDL {
  /// Types as the server spells them, each with some of its values.
  static let values: [String: [String]] = [
    "integer": ["0", "1", "42", "-7"],
    "bigint": ["0", "9007199254740993", "-1"],
    "smallint": ["1", "-2"],
    "numeric(10,2)": ["1.50", "-3", "0"],
    "double precision": ["0.1", "'Infinity'", "'-0'"],
    "text": ["'x'", "'it''s'", "E'back\\\\slash'", "''", "'🦊'", "E'new\\nline\\ttab'"],
    "character varying(20)": ["'x'", "'naïve'", "' pad '"],
    "character varying": ["'v'", "''"],
    "character(3)": ["'a'", "'abc'"],
    "boolean": ["true", "false"],
    "date": ["'2020-02-29'", "'infinity'"],
    "timestamp with time zone": ["'2020-01-01 12:00:00.5+02'"],
    "timestamp without time zone": ["'1999-12-31 23:59:59'"],
    "interval": ["'1 day 2 hours'", "'-3 mons'"],
    "jsonb": ["'{\"a\": [1, null]}'", "'[]'"],
    "uuid": ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
    "integer[]": ["'{1,2,NULL}'", "'{}'", "array[1,2]"],
    "text[]": ["'{a,\"b c\"}'", "array['q','r']"],
    "bytea": ["'\\x00ff'"],
    "inet": ["'10.0.0.1/8'"],
    "bit varying(8)": ["B'101'"],
    "int4range": ["'[1,5)'", "'empty'"],
    "tsvector": ["'a b'"],
    "point": ["'(1,2)'"],
    "\"char\"": ["'c'"],
    "name": ["'n'"],
    "oid": ["7"],
  ]
  static let ordered: Set<String> = [
    "integer", "bigint", "smallint", "numeric(10,2)", "text", "character varying(20)",
    "character varying", "character(3)", "boolean", "date", "timestamp with time zone",
    "timestamp without time zone", "uuid", "bytea", "inet",
  ]
  private static let typeNames = values.keys.sorted()
  private static let commonTypes = ["integer", "integer", "text", "text", "bigint", "boolean"]

  /// A type for a column: common, rare, or one of the schema's own.
  mutating func type() -> String {
    if chance(25), let own = object(.enumeration, .domain, .compositeType, .rangeType) {
      return q(own.path) + (chance(15) ? "[]" : "")
    }
    if chance(3), let row = table() { return q(row.path) }
    return chance(55) ? pick(Self.commonTypes) : pick(Self.typeNames)
  }

  /// A literal that a column of this type may take.
  mutating func value(of type: String) -> String {
    if let known = Self.values[type] { return pick(known) }
    for (path, object) in schema.objects.sorted(by: { $0.key < $1.key }) where q(path) == type {
      switch path.kind {
      case .enumeration:
        let labels = object.definition?.members ?? []
        if !labels.isEmpty { return PostgreSQL.literal(pick(labels)) }
      case .domain: return pick(["1", "'x'", "'7'"])
      case .rangeType: return "'empty'"
      default: break
      }
    }
    return "NULL"
  }

  /// An expression that a CHECK, an index or a generated column may hold.
  mutating func expression(over column: Column) -> String {
    let name = q(column.name)
    switch column.type {
    case "integer", "bigint", "smallint":
      return pick(["(\(name) + 1)", "abs(\(name))", "(\(name) % 7)"])
    case "text", "character varying", "character varying(20)":
      return pick([
        "lower(\(name))", "(\(name) || '!')", "length(\(name))", "btrim(\(name), ' ')",
        "COALESCE(\(name), '')",
      ])
    case "jsonb": return "(\(name) -> 'a')"
    default: return "(\(name) IS NULL)"
    }
  }

  /// A condition over a column that most of its values meet.
  mutating func condition(over column: Column) -> String {
    let name = q(column.name)
    switch column.type {
    case "integer", "bigint", "smallint", "numeric(10,2)":
      return pick([
        "\(name) > -100", "\(name) <> 5", "\(name) IN (-7, 0, 1, 42)",
        "\(name) BETWEEN -9 AND 99 OR \(name) IS NULL",
      ])
    case "text", "character varying", "character varying(20)", "character(3)":
      return pick([
        "\(name) <> 'no'", "\(name) NOT IN ('p', 'q')", "length(\(name)) < 50",
        "\(name) = ANY (ARRAY['x', 'it''s', '']) OR true", "\(name) NOT LIKE 'no\\_%'",
      ])
    case "boolean": return "\(name) IS NOT NULL OR \(name)"
    default: return "\(name) IS NOT NULL OR 1 = 1"
    }
  }

  mutating func defaultExpression(of type: String) -> String {
    if chance(20) {
      switch type {
      case "integer", "bigint":
        if let sequence = object(.sequence) {
          return "nextval(\(PostgreSQL.literal(q(sequence.path))))"
        }
      case "timestamp with time zone": return "now()"
      case "text": return pick(["CURRENT_USER", "md5('a')", "('a' || 'b')"])
      case "uuid": return "gen_random_uuid()"
      default: break
      }
      let fits: (SchemaObject) -> Bool = { object in
        object.definition?.attributes["returns"] == type
          && object.definition?.attributes["signature"]?.hasSuffix("()") ?? false
      }
      if let (_, object) = object(.routine, where: fits),
        let signature = object.definition?.attributes["signature"]
      {
        return signature
      }
    }
    return value(of: type)
  }

  /// `name type ...`, with what CREATE TABLE and ADD COLUMN take alike.
  mutating func columnText(_ name: String, _ others: [Column] = []) -> String {
    if chance(8) {
      let kind = pick(["ALWAYS", "BY DEFAULT"])
      let options = chance(40) ? " (START 10 INCREMENT 5 CACHE 3)" : ""
      return "\(q(name)) \(pick(["integer", "bigint", "smallint"])) "
        + "GENERATED \(kind) AS IDENTITY\(options)"
    }
    if chance(5) { return "\(q(name)) \(pick(["serial", "bigserial", "smallserial"]))" }
    if chance(8), !others.isEmpty {
      return generated(name, from: others)
    }
    let type = type()
    var text = "\(q(name)) \(type)"
    if ["text", "character varying(20)", "character varying"].contains(type), chance(15) {
      text += " COLLATE \(pick(["\"C\"", "\"POSIX\"", "pg_catalog.\"default\""]))"
    }
    if chance(30) { text += " DEFAULT \(defaultExpression(of: type))" }
    if chance(20) { text += " NOT NULL" }
    if chance(8) {
      let column = Column(name: name, type: type)
      text += " CHECK (\(condition(over: column)))"
    }
    if Self.ordered.contains(type), chance(6) { text += " UNIQUE" }
    return text
  }

  private mutating func generated(_ name: String, from others: [Column]) -> String {
    let source = pick(others)
    let expression = expression(over: source)
    let type =
      switch source.type {
      case "integer", "bigint", "smallint": source.type
      case "text", "character varying", "character varying(20)":
        expression.hasPrefix("length") ? "integer" : "text"
      case "jsonb": "jsonb"
      default: "boolean"
      }
    return "\(q(name)) \(type) GENERATED ALWAYS AS (\(expression)) STORED"
  }

  /// The columns of a new table: their texts, and what is known of them.
  mutating func newColumns(_ count: Int) -> (texts: [String], columns: [Column]) {
    var texts: [String] = []
    var columns: [Column] = []
    for _ in 0..<count {
      let name = name()
      if columns.contains(where: { $0.name == name }) { continue }
      let text = columnText(name, columns.filter { Self.values[$0.type] != nil })
      texts.append(text)
      // Nothing is generated from what is generated.
      let rest = text.dropFirst(q(name).count + 1)
      let type =
        rest.contains("GENERATED") || rest.hasPrefix("serial")
        ? "?" : Self.typeNames.filter { rest.hasPrefix($0) }.max { $0.count < $1.count } ?? "?"
      columns.append(Column(name: name, type: type))
    }
    return (texts, columns)
  }

  static let columns: [Kind] = [
    Kind("add column", 14) { ddl in
      guard let (path, table) = ddl.table() else { return nil }
      let plain = table.columns.filter { $0.generation == nil }
      return "ALTER TABLE \(ddl.q(path)) ADD COLUMN \(ddl.columnText(ddl.name(), plain))"
    },
    Kind("drop column", 6) { ddl in
      guard let (table, column) = ddl.place() else { return nil }
      let cascade = ddl.chance(60) ? " CASCADE" : ""
      return "ALTER TABLE \(table) DROP COLUMN \(ddl.q(column.name))\(cascade)"
    },
    Kind("rename column", 7) { ddl in
      guard let (table, column) = ddl.place() else { return nil }
      return "ALTER TABLE \(table) RENAME COLUMN \(ddl.q(column.name)) TO \(ddl.q(ddl.name()))"
    },
    Kind("swap columns", 2) { ddl in
      guard let (path, table) = ddl.table(where: { $0.columns.count > 1 }) else { return nil }
      let (a, b) = (ddl.q(table.columns[0].name), ddl.q(ddl.pick(table.columns).name))
      let rename = "ALTER TABLE \(ddl.q(path)) RENAME"
      return "\(rename) \(a) TO swap_; \(rename) \(b) TO \(a); \(rename) swap_ TO \(b)"
    },
    Kind("replace column", 2) { ddl in
      guard let (table, column) = ddl.place() else { return nil }
      let name = ddl.q(column.name)
      return "ALTER TABLE \(table) DROP COLUMN \(name) CASCADE, ADD COLUMN "
        + ddl.columnText(column.name)
    },
    Kind("alter column type", 6) { ddl in
      guard let (table, column) = ddl.place() else { return nil }
      let type = ddl.type()
      let cast = ddl.chance(50) ? "\(ddl.q(column.name))::text::\(type)" : "NULL"
      return "ALTER TABLE \(table) ALTER \(ddl.q(column.name)) TYPE \(type) USING \(cast)"
    },
    Kind("widen column", 4) { ddl in
      let types = ["integer", "character varying(20)", "text", "smallint"]
      guard let (table, column) = ddl.place(where: { types.contains($0.type) }) else { return nil }
      let type = ["integer": "bigint", "smallint": "integer"][column.type] ?? "varchar"
      return "ALTER TABLE \(table) ALTER \(ddl.q(column.name)) TYPE \(type)"
    },
  ]
}
