import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel
import Testing

@Suite("Several processes")
struct KillTests {
  @Test("write one store at once, are killed at any moment, and lose nothing that was recorded")
  func killed() throws {
    let bed = try CrashBed(revisions: 2)
    var random = SeededRandom(seed: 77)
    var last = 0
    for _ in 0..<6 {
      let writers = try [
        bed.start("loop", in: bed.base), bed.start("loop", in: bed.base),
      ]
      let history = try History.open(at: bed.base + "/store")
      let end = Date().addingTimeInterval(0.2 + Double(random.below(300)) / 1000)
      while Date() < end {
        let heads = try history.heads()
        #expect(heads.count == 1)
        for id in heads { _ = try history.schema(at: id) }
      }
      for writer in writers {
        kill(writer.process.processIdentifier, SIGKILL)
        writer.process.waitUntilExit()
      }
      let report = try history.verify(full: true)
      #expect(!report.isDamaged, "\(report.findings)")
      #expect(report.revisionCount >= last)
      last = report.revisionCount
    }
    #expect(last > 10)
  }

  @Test("a writer that lost the race gets a conflict, and a retry succeeds")
  func conflict() throws {
    let bed = try CrashBed(revisions: 2)
    let history = try History.open(at: bed.base + "/store")
    let seen = try history.heads()
    func recording(_ id: String, on parents: [RevisionID]) -> Recording {
      Recording(
        draft: RevisionDraft(id: RevisionID(id), parents: parents), change: .operations([]),
        expectedParents: parents)
    }
    #expect(try bed.run("record", in: bed.base).status == 0)
    #expect {
      try history.record([recording("late", on: seen)], by: "test")
    } throws: { error in
      if case HistoryError.conflict(let expected, let found) = error {
        return expected == seen && found == ["crash_2"]
      }
      return false
    }
    try history.record([recording("late", on: try history.heads())], by: "test")
    #expect(try history.heads() == ["late"])
  }
}
