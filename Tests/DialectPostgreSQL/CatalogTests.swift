import SchemaModel
import Testing

@testable import DialectPostgreSQL

@Suite("PostgreSQL's words and rows")
struct PostgreSQLCatalogTests {
  @Test(
    "A name is bare where every server reads it back so",
    arguments: [
      ("users", "users"), ("Users", "\"Users\""), ("a b", "\"a b\""), ("a\"b", "\"a\"\"b\""),
      ("select", "\"select\""), ("json_table", "\"json_table\""), ("1a", "\"1a\""),
      ("a1_", "a1_"), ("é", "\"é\""), ("", "\"\""), ("a$b", "\"a$b\""),
    ])
  func names(name: String, quoted: String) {
    #expect(PostgreSQL.quote(name) == quoted)
  }

  @Test("A literal is the same whatever standard_conforming_strings says")
  func literals() {
    #expect(PostgreSQL.literal("it's") == "'it''s'")
    #expect(PostgreSQL.literal(#"a\'b"#) == #"E'a\\''b'"#)
  }

  @Test("Arrays are read as the server writes them, and what is none is none")
  func arrays() {
    #expect(PostgreSQL.array("{}") == [])
    #expect(PostgreSQL.array("{a,NULL,\"NULL\"}") == ["a", nil, "NULL"])
    #expect(PostgreSQL.array(#"{"a,b","\"c\\",d}"#) == ["a,b", #""c\"#, "d"])
    for text in ["", "{", "}", "{a", "{a,", #"{"a}"#, #"{a\}"#, "{a}b", #"{"a"b}"#] {
      #expect(PostgreSQL.array(text) == nil, Comment(rawValue: text))
    }
  }

  @Test("The role that runs the migrations is @self; a role that is really named so is not")
  func privileges() {
    let builder = PostgreSQL.Catalog.Builder(
      PostgreSQL.CatalogRows(), sessionRole: "R 2")
    #expect(builder.entry(#""R 2"=r*/"R 2""#) == "@self=r*/@self")
    #expect(builder.entry(#"=X/"R 2""#) == "=X/@self")
    #expect(builder.entry(#""@self"=r/bob"#) == #""@self"=r/bob"#)
    for text in ["", "=", "/", "\"", "a=b", "\"a=b/", "a/b"] { _ = builder.entry(text) }
  }

  @Test("Rows that no server gives are an error, whatever is wrong with them")
  func unreadableRows() throws {
    let values: [String?] = [nil, "", "x", "-1", "1", "t", "{", "{a,NULL}", "99999999999999999999"]
    var generator = SystemRandomNumberGenerator()
    for query in PostgreSQL.CatalogQuery.allCases {
      var readCount = 0
      for _ in 0..<40 {
        var rows = PostgreSQL.CatalogRows()
        var answer = PostgreSQL.QueryAnswer(columns: [], rows: [[]])
        #expect(throws: PostgreSQL.CatalogError.self) { try rows.replace(query, answer) }
        // The errors say which columns there must be, and which value is none.
        for _ in 0..<400 {
          let value = values[Int.random(in: values.indices, using: &generator)]
          do {
            try rows.replace(query, answer)
            readCount += 1
            _ = try PostgreSQL.Catalog(rows, sessionRole: "a")
            break
          } catch PostgreSQL.CatalogError.missing(_, let column) {
            #expect(!answer.columns.contains(column))
            answer.columns.append(column)
            answer.rows[0].append(value)
          } catch PostgreSQL.CatalogError.unreadable(_, let column, let found) {
            let place = try #require(answer.columns.firstIndex(of: column))
            #expect(answer.rows[0][place] == found)
            answer.rows[0][place] = value
          } catch PostgreSQL.CatalogError.ambiguous {
            break
          }
        }
        answer.rows[0].removeLast()
        #expect(throws: PostgreSQL.CatalogError.self) { try rows.replace(query, answer) }
      }
      #expect(readCount > 0, "\(query)")
    }
  }

  @Test("Every query can be asked for all and for some, of every version")
  func queries() {
    for version in 12...18 {
      for query in PostgreSQL.CatalogQuery.allCases {
        let all = query.sql(version: version, restricted: false)
        #expect(all.contains("SELECT"))
        #expect(!all.contains("$1"))
        #expect(query.sql(version: version, restricted: true).contains("$1::oid[]"))
      }
    }
  }
}
