import Foundation
import RandomSchemas
import SchemaModel
import Synchronization
import Testing

@testable import EnginePostgreSQL

/// `STRATA_RANDOM_DDL` is the number of revisions, `STRATA_RANDOM_DDL_SEED` that of the first
/// history; a failure names the seed with which its own history comes first.
@Suite("Random histories of PostgreSQL")
struct RandomDDLTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let revisionCount = environment["STRATA_RANDOM_DDL"].flatMap { Int($0) } ?? 500
  private static let firstSeed =
    environment["STRATA_RANDOM_DDL_SEED"].flatMap { UInt64($0) } ?? 20_260
  static let revisionsEach = 100
  static let seeds = (0..<UInt64(max(1, revisionCount / revisionsEach))).map { firstSeed &+ $0 }

  /// How often each kind of statement was taken, in all histories.
  private static let exercised = Mutex<[String: Int]>([:])
  private static let finished = Mutex<(histories: Int, revisions: Int)>((0, 0))

  @Test(
    "each revision folds, is undone, is stored, and its baseline makes the same", arguments: seeds)
  func laws(seed: UInt64) throws {
    let walk = try RandomWalk()
    let version = try Shared.cluster().programs.majorVersion
    var generator = RandomDDL(random: SeededGenerator(seed: seed), version: version)
    var refused = 0
    var hasNew = false
    defer { Self.finish(walk.scripts.count) }
    while walk.scripts.count < Self.revisionsEach, refused < 3 * Self.revisionsEach {
      let (script, kinds) = generator.script(over: walk.last.schema)
      do {
        guard try walk.step(script) else {
          refused += 1
          continue
        }
        if kinds.map(Self.isNew).contains(true) { hasNew = true }
        let number = walk.scripts.count
        if hasNew || number % 5 == 0 { try walk.checkAgainstFreshReading() }
        // A baseline costs as much as fifty captures: new kinds wait for each other.
        if number % 20 == 0 || (hasNew && number % 4 == 0) {
          try walk.checkBaseline()
          hasNew = false
        }
      } catch {
        report(error, walk, seed, script)
        return
      }
    }
    do { try walk.verify() } catch { report(error, walk, seed, "verify") }
    #expect(refused < 2 * Self.revisionsEach, "seed \(seed): PostgreSQL refused \(refused) scripts")
  }

  /// Whether no history had a statement of this kind before; counts it.
  private static func isNew(_ kind: String) -> Bool {
    exercised.withLock { counts in
      counts[kind, default: 0] += 1
      return counts[kind] == 1
    }
  }

  private func report(_ error: any Error, _ walk: RandomWalk, _ seed: UInt64, _ script: String) {
    var text = "\(error)"
    if let finding = error as? RandomWalk.Finding {
      text = ([finding.check] + finding.differences.prefix(20)).joined(separator: "\n  ")
    }
    let path = NSTemporaryDirectory() + "strata-random-ddl-\(seed).sql"
    let history = walk.scripts.joined(separator: ";\n-- next revision\n") + ";\n"
    try? history.write(toFile: path, atomically: true, encoding: .utf8)
    Issue.record(
      """
      STRATA_RANDOM_DDL_SEED=\(seed), revision \(walk.scripts.count) (all of them in \(path)): \(text)
      \(script)
      """)
  }

  /// The last history to end prints what was exercised.
  private static func finish(_ revisions: Int) {
    let (histories, total) = finished.withLock { counts in
      counts.histories += 1
      counts.revisions += revisions
      return counts
    }
    if histories % 10 == 0 { print("\(total) random revisions in \(histories) histories") }
    guard histories == seeds.count else { return }
    let counts = exercised.withLock { $0 }.sorted { $0.key < $1.key }
    print("\(total) random revisions of \(counts.count) kinds of statement:")
    print(counts.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
  }
}
