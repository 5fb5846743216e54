import EnginePostgreSQL
import Foundation
import SchemaHistory
import SchemaModel
import Testing

@Suite("A history that another major version of PostgreSQL judged")
struct PostgreSQLVersionTests {
  private func bed(judgedBy engine: String) throws -> PostgreSQLBed {
    let bed = try PostgreSQLBed()
    let history = try History.create(
      at: bed.root + "/.strata", dialect: Dialect("postgresql"), by: "test")
    let table = SchemaObject(.table(Table(columns: [Column(name: "x", type: "integer")])))
    let schema = Schema([.table("a", namespace: "public"): table])
    try history.record(
      [
        Recording(
          draft: RevisionDraft(id: "001", parents: []),
          change: .capture(Capture(schema: schema, engine: engine)))
      ], by: "test")
    return bed
  }

  @Test("makes no database of another version, and says which is wanted and which was found")
  func refused() throws {
    let cluster = try PostgreSQLCluster()
    // The database `postgres` of a cluster of ours is Strata's own.
    try PostgreSQLConnection(cluster.location).execute("CREATE DATABASE target")
    let target = cluster.location.url.replacing("/postgres?", with: "/target?")
    let found = cluster.programs.majorVersion
    let other = found == 13 ? 14 : 13
    let bed = try bed(judgedBy: "PostgreSQL \(other).5")
    let ending = try bed.run(["baseline", "--into", target])
    #expect(ending.status == 4)
    #expect(
      ending.output
        == "strata: expected PostgreSQL \(other), by which the history was judged, found "
        + "\(found) at \(target); use a server of version \(other). Nothing was changed\n"
    )
    let objects = try PostgreSQLConnection(url: target).query(
      "SELECT 1 FROM pg_class WHERE oid >= 16384")
    #expect(objects.isEmpty)
    let same = try self.bed(judgedBy: "PostgreSQL \(found).1")
    let made = try same.run(["baseline", "--into", target])
    #expect(made.status == 0 && made.output.hasPrefix("Created 001 in "), "\(made.output)")
  }
}
