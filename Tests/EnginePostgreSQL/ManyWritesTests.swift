import SchemaModel
import Testing

@testable import EnginePostgreSQL

@Suite("A capture after very many writes")
struct ManyWritesTests {
  @Test("sees what there is, also where a catalog was written to that it does not read")
  func sharedDependencies() throws {
    var walk = try CaptureWalk(alone: PostgreSQLCluster(), followingLog: true)
    try walk.step("create table t (a int);")
    // Each GRANT to a role leaves a row in pg_shdepend, and each REVOKE takes one away.
    let operations = try walk.step(
      """
      do $$ begin
        create role many_writes;
        for place in 1..3000 loop
          grant select on t to many_writes;
          revoke select on t from many_writes;
        end loop;
        drop role many_writes;
      end $$;
      alter table t add b int;
      """)
    #expect(operations.map(\.kind).contains("add column"))
  }
}
