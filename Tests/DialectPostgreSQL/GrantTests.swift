import Testing

@testable import DialectPostgreSQL

@Suite("Privileges on PostgreSQL")
struct PostgreSQLGrantTests {
  private typealias Grant = PostgreSQL.Render.Grant

  private func statements(
    _ wanted: [String], given: [String], owner: Grant.Role = .current, column: String? = nil
  ) -> [String] {
    PostgreSQL.Render.grants(
      wanted.compactMap { Grant($0) }, given: given.compactMap { Grant($0) }, on: "TABLE t",
      owner: owner, column: column)
  }

  @Test("an entry tells roles by their quotes")
  func entries() throws {
    let plain = try #require(Grant("r1=ar*w/@self"))
    #expect(plain.role == .named("r1"))
    #expect(plain.grantor == .current)
    #expect(plain.privileges == ["a", "w"])
    #expect(plain.grantable == ["r"])
    #expect(Grant("=X/r1")?.role == .everyone)
    #expect(Grant("\"@self\"=r/\"a=b/\"\"c\"")?.role == .named("@self"))
    #expect(Grant("\"@self\"=r/\"a=b/\"\"c\"")?.grantor == .named("a=b/\"c"))
    for text in ["", "r1", "r1=", "r1=r", "\"r1=r/x", "\"", "r1=r/\"x", "r1=r/x=y"] {
      #expect(Grant(text) == nil, "\(text)")
    }
  }

  @Test("what a new object has stays where the list begins with it")
  func kept() {
    let given = ["=X/@self", "@self=X/@self"]
    #expect(statements(given, given: given) == [])
    #expect(
      statements(given + ["r1=r/@self"], given: given) == ["GRANT SELECT ON TABLE t TO r1"])
  }

  @Test("a list in another order is made anew from where it differs")
  func reordered() {
    #expect(
      statements(
        ["@self=X/@self", "\"R 2\"=X*/@self", "=X/@self"],
        given: ["=X/@self", "@self=X/@self"]) == [
          "REVOKE ALL ON TABLE t FROM PUBLIC",
          "GRANT EXECUTE ON TABLE t TO \"R 2\" WITH GRANT OPTION",
          "GRANT EXECUTE ON TABLE t TO PUBLIC",
        ])
    #expect(
      statements([], given: ["@self=r/@self"]) == ["REVOKE ALL ON TABLE t FROM CURRENT_USER"])
  }

  @Test("another grantor grants by himself")
  func grantors() {
    #expect(
      statements(
        ["o=r/o", "r1=r*/o", "r2=rw/r1"], given: ["o=r/o"], owner: .named("o"), column: "c d") == [
          "GRANT SELECT (\"c d\") ON TABLE t TO r1 WITH GRANT OPTION",
          "SET ROLE r1",
          "GRANT SELECT (\"c d\"), UPDATE (\"c d\") ON TABLE t TO r2",
          "RESET ROLE",
        ])
  }

  @Test("nobody hands on what he was not given yet, wherever his own entry stands")
  func handedOn() {
    #expect(
      statements(["o=r/o", "r2=r/r1", "r1=r*/o"], given: ["o=r/o"], owner: .named("o")) == [
        "GRANT SELECT ON TABLE t TO r1 WITH GRANT OPTION",
        "SET ROLE r1", "GRANT SELECT ON TABLE t TO r2", "RESET ROLE",
      ])
    #expect(
      statements(
        ["o=r/o", "r3=r/r2", "r2=r*/r1", "r1=r*/o"], given: ["o=r/o"], owner: .named("o")
      ).filter { $0.hasPrefix("GRANT") } == [
        "GRANT SELECT ON TABLE t TO r1 WITH GRANT OPTION",
        "GRANT SELECT ON TABLE t TO r2 WITH GRANT OPTION", "GRANT SELECT ON TABLE t TO r3",
      ])
  }
}
