import EnginePostgreSQL
import SchemaModel
import Testing

@Suite("A capture of PostgreSQL's catalog")
struct CaptureTests {
  @Test("What it sees bit by bit is what a reading of the whole catalog sees: nearly every kind")
  func everything() throws {
    var walk = try CaptureWalk()
    for script in EverythingHistory.first + EverythingHistory.second { try walk.step(script) }
    #expect(walk.capture.schema.objects.count > 75)
  }

  @Test("... and after changes that leave little trace")
  func singleOperations() throws {
    var walk = try CaptureWalk()
    for script in SingleOperations.setup { try walk.step(script) }
    for script in SingleOperations.first + SingleOperations.second {
      try walk.step(script)
    }
  }

  @Test("An empty database has an empty schema")
  func empty() throws {
    #expect(try CaptureWalk().capture.schema.objects.isEmpty)
  }
}
