import Foundation
import FuzzTargets
import Testing

@Suite struct CorpusTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../tools/fuzz/corpus").standardizedFileURL

  @Test("Every input that a fuzzer found worth keeping is read, or refused with a word")
  func corpus() throws {
    for target in FuzzTarget.all {
      let kept = try String(contentsOf: Self.folder.appending(path: target.name), encoding: .utf8)
      let inputs = kept.split(separator: "\n").map { Data(base64Encoded: String($0)) }
      #expect(!inputs.isEmpty, "\(target.name) has no inputs")
      for (number, input) in inputs.enumerated() {
        let input = try #require(input, "\(target.name), line \(number + 1) is no base 64")
        input.withUnsafeBytes { target.run($0) }
      }
    }
  }

  @Test("No target is without its corpus, and no corpus without its target")
  func names() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(files) == Set(FuzzTarget.all.map(\.name)))
    #expect(Set(FuzzTarget.all.map(\.name)).count == FuzzTarget.all.count)
  }

  @Test("The canary traps")
  func canary() async throws {
    await #expect(processExitsWith: .failure) {
      Array("strata!".utf8).withUnsafeBytes { FuzzTarget.canary.run($0) }
    }
  }

  @Test("Inputs without end, deep nests and empty ones are read, or refused with a word")
  func extremes() {
    let openings = [
      "${a-", "{", "[", "(", "/*", "a = [", "a={b=", "CREATE TABLE t (a CHECK (", "$$", "'", "--",
    ]
    for target in FuzzTarget.all {
      [UInt8]().withUnsafeBytes { target.run($0) }
      for opening in openings {
        let text = String(repeating: opening, count: 200_000 / opening.utf8.count)
        Array(text.utf8).withUnsafeBytes { target.run($0) }
      }
    }
  }
}
