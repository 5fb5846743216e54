import EnginePostgreSQL
import Foundation
import Testing

@Suite("Sessions at the command line")
struct TranscriptTests {
  /// STRATA_TRANSCRIPTS=write writes what is really printed into the files, to be read and committed.
  static let isWriting = ProcessInfo.processInfo.environment["STRATA_TRANSCRIPTS"] == "write"

  @Test(
    "A session prints what its transcript says",
    arguments: Transcript.all.filter { !$0.needsAlembic })
  func session(_ transcript: Transcript) throws { try play(transcript) }

  @Test(
    "A session with Alembic prints what its transcript says",
    .enabled(if: Shell.virtualEnvironment != nil),
    arguments: Transcript.all.filter(\.needsAlembic))
  func alembicSession(_ transcript: Transcript) throws { try play(transcript) }

  private func play(_ transcript: Transcript) throws {
    let cluster = transcript.needsServer ? try Shell.server() : nil
    let shell = try Shell()
    shell.server = cluster?.location
    var outputs: [[String]] = []
    for step in transcript.steps {
      let output = shell.masked(try shell.run(step.command))
      outputs.append(output)
      if !Self.isWriting {
        #expect(
          output == step.output,
          "\(transcript.name): $ \(step.command)\nprinted:\n\(output.joined(separator: "\n"))")
      }
    }
    #expect(shell.leftovers == [], "temporary files were left behind")
    if Self.isWriting {
      try transcript.text(outputs).write(
        to: Transcript.folder.appending(path: transcript.name), atomically: true, encoding: .utf8)
    }
  }

  @Test("There are transcripts at all")
  func transcriptsExist() {
    #expect(Transcript.all.count >= 10)
    #expect(FileManager.default.isExecutableFile(atPath: Shell.binary.path))
  }
}
