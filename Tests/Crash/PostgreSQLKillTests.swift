import EnginePostgreSQL
import Foundation
import Testing

@Suite("An import of PostgreSQL migrations that is ended", .serialized)
struct PostgreSQLKillTests {
  static let environment = ProcessInfo.processInfo.environment
  /// STRATA_KILLS=50 is the long run; STRATA_SEED repeats one.
  static let roundCount = environment["STRATA_KILLS"].flatMap { Int($0) } ?? 4
  static let seed =
    environment["STRATA_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64(UInt32.max))

  @Test("by SIGKILL, at any moment, leaves nothing behind and goes on to the same end")
  func killed() throws {
    let bed = try PostgreSQLBed()
    try bed.writeHistory()
    try kill(bed, rounds: Self.roundCount, ["import", "sql", "m"]) { bed.leftovers() }
  }

  @Test("by SIGKILL, on a server of the user's, leaves no database and no role there")
  func killedOnServer() throws {
    let bed = try PostgreSQLBed()
    try bed.writeHistory()
    let cluster = try PostgreSQLCluster()
    let arguments = [
      "import", "sql", "m", "--scratch", cluster.location.url, "--trust-migrations",
    ]
    try kill(bed, rounds: max(3, Self.roundCount / 2), arguments) {
      bed.leftovers() + (try Self.leftovers(on: cluster))
    }
  }

  private static func leftovers(on cluster: PostgreSQLCluster) throws -> [String] {
    try PostgreSQLConnection(cluster.location).query(
      """
      SELECT datname FROM pg_database WHERE datname LIKE 'strata%'
      UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'faults%'
      """
    ).compactMap { $0.first ?? nil }
  }

  private func kill(
    _ bed: PostgreSQLBed, rounds: Int, _ command: [String], leftovers: () throws -> [String]
  ) throws {
    try bed.makeStore()
    let first = try bed.run(command)
    try #require(first.status == 0, "\(first.output)")
    let start = ContinuousClock.now
    try bed.makeStore()
    try bed.run(command)
    let duration = start.duration(to: .now) / .milliseconds(1)
    let expected = try bed.fingerprints()
    try #require(expected.count == 40)
    #expect(try leftovers() == [])
    var random = SplitMix(state: Self.seed)
    var counts: [Int] = []
    for round in 0..<rounds {
      let place = "seed \(Self.seed), round \(round)"
      try bed.makeStore()
      let (process, _) = try bed.start(command)
      usleep(UInt32(random.next() % UInt64(duration * 1.1 * 1000)))
      Glibc.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let sound = try bed.run(["verify", "--full"])
      #expect(sound.status == 0, "\(place): \(sound.output)")
      counts.append(try bed.fingerprints().count)
      let next = try bed.run(command)
      #expect(next.status == 0, "\(place): \(next.output)")
      let left = try leftovers()
      #expect(left == [], "\(place), after \(counts[round]) revisions")
      #expect(try bed.fingerprints() == expected, "\(place)")
      let verified = try bed.run(["verify", "--full"])
      #expect(verified.status == 0, "\(place): \(verified.output)")
    }
    print("seed \(Self.seed): \(rounds) kills after \(counts.sorted()) revisions")
  }

  @Test(
    "by Ctrl-C or SIGTERM says so with its exit code, and leaves nothing at once",
    arguments: [("SIGINT", Int32(130)), ("SIGTERM", 143)], [false, true])
  func interrupted(signal: (name: String, status: Int32), isOnServer: Bool) throws {
    let bed = try PostgreSQLBed()
    try bed.write("001_a.sql", "CREATE TABLE a (x int); CREATE ROLE faults_i;")
    try bed.write("002_b.sql", "CREATE TABLE b (x int); SELECT pg_sleep(100);")
    try bed.makeStore()
    let cluster = isOnServer ? try PostgreSQLCluster() : nil
    let url = cluster.map { ["--scratch", $0.location.url, "--trust-migrations"] } ?? []
    // Waits until the first revision is recorded. Signals are unblocked as in a terminal.
    let script = """
      import os, signal, subprocess, sys, time
      signal.pthread_sigmask(signal.SIG_SETMASK, [])
      signal.signal(signal.SIGINT, signal.default_int_handler)
      strata = sys.argv[2]
      child = subprocess.Popen([strata] + sys.argv[3:])
      while b"001" not in subprocess.run([strata, "log"], capture_output=True).stdout:
        time.sleep(0.05)
      time.sleep(0.3)
      child.send_signal(getattr(signal, sys.argv[1]))
      sys.exit(child.wait())
      """
    let ending = try bed.run(
      ["-c", script, signal.name, PostgreSQLBed.strata, "import", "sql", "m"] + url,
      program: "/usr/bin/python3")
    #expect(ending.status == signal.status)
    // What the role may do on the server is said before the first run.
    let lines = ending.output.split(separator: "\n").filter {
      !isOnServer || !$0.hasPrefix("strata: migrations run on postgresql://postgres@")
    }
    #expect(
      lines == ["strata: interrupted; what was recorded before stays, nothing is half done"])
    #expect(bed.leftovers() == [])
    if let cluster { #expect(try Self.leftovers(on: cluster) == []) }
    #expect(try bed.fingerprints().count == 1)
    #expect(try bed.run(["verify", "--full"]).status == 0)
  }
}

/// Numbers that one seed gives everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
