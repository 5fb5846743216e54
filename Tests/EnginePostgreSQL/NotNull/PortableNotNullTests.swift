import DialectPostgreSQL
import SchemaModel
import StoreFormat
import Testing

@testable import EnginePostgreSQL

/// One value for every server that the tests run on: whoever runs them on another version compares
/// it with this.
@Suite("The portable fingerprint is the same on every version, whatever NOT NULL is called")
struct PortableNotNullTests {
  struct Example: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var scripts: [String]
    var fingerprint: String
  }

  static let examples = [
    Example(
      testDescription: "tables, renamed and copied",
      scripts: [
        """
        create table t (id serial primary key, a text not null, b int constraint mine not null,
        g int generated always as identity, c int);
        create table k (x int, y int, primary key (x, y), z text not null default 'z')
        """,
        "alter table t rename to u; alter table u rename a to aa; alter table u alter c set not null",
        "create table l (like u including all); alter table k drop constraint k_pkey",
        "alter table l alter aa drop not null",
      ], fingerprint: "15759ac5d3a006f590857b5d1dedecb1859a643f"),
    Example(
      testDescription: "heirs",
      scripts: [
        "create table p (a int not null, b int, c int)",
        "create table i (z text not null) inherits (p); create table j (a int not null) inherits (p)",
        "alter table p rename to q; alter table q alter b set not null; alter table q rename c to d",
        "alter table j alter d set not null; alter table j no inherit q",
      ], fingerprint: "43a774021e596f44d1b512b67b0777b9fd437e7e"),
    Example(
      testDescription: "partitions",
      scripts: [
        "create table p (a int not null, b int, primary key (a)) partition by range (a)",
        """
        create table p1 partition of p for values from (0) to (10);
        create table p2 (b int, a int not null); alter table p attach partition p2 default
        """,
        "alter table p rename to q; alter table q rename b to bb; alter table q alter bb set not null",
        "alter table q detach partition p1; alter table p1 rename to p0",
      ], fingerprint: "0d4826060d63246578ceb9691056e1f2126396a2"),
    Example(
      testDescription: "domains",
      scripts: [
        "create domain d as int not null; create domain e as text constraint mine not null default 'x'",
        "alter domain d rename to dd; create table t (a dd not null, b e)",
        "create domain f as dd check (value > 0); alter domain f set not null",
      ], fingerprint: "19670edda9182b241ee108dff475704cf7dafc32"),
  ]

  @Test("of", arguments: examples)
  func fingerprint(_ example: Example) throws {
    let scratch = try Shared.engine().makeScratch()
    for script in example.scripts { _ = try scratch.run(script: script) }
    let schema = PostgreSQL.Portable.normalized(try BaselineCheck.read(scratch).schema)
    let found = try schema.fingerprint.description
    #expect(found == example.fingerprint)
  }
}
