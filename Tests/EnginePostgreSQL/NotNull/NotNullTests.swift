import DialectPostgreSQL
import SchemaModel
import Testing

@testable import EnginePostgreSQL

/// From PostgreSQL 18 on NOT NULL is a constraint with a name. `STRATA_PG_BIN` leads to such a
/// server; where there is none, the cases are left out and counted.
@Suite("NOT NULL")
struct NotNullTests {
  private static let known: [NotNullCase] = {
    guard let version = try? Shared.cluster().programs.majorVersion, version < 18 else {
      return NotNullCase.all
    }
    print(
      "PostgreSQL \(version) has no constraints behind NOT NULL: \(NotNullCase.all.count) cases "
        + "were left out")
    return []
  }()

  @Test(
    "is recorded revision by revision, undone, and made again by a baseline", arguments: known)
  func cases(_ example: NotNullCase) throws {
    let walk = try RandomWalk()
    for script in example.scripts {
      do {
        try #require(try walk.step(script), "PostgreSQL refused: \(script)")
        try walk.checkAgainstFreshReading()
        try walk.checkBaseline()
      } catch let finding as RandomWalk.Finding {
        Issue.record("\(script)\n\(finding.check):\n\(finding.differences.joined(separator: "\n"))")
      }
    }
    try walk.verify()
  }
}
