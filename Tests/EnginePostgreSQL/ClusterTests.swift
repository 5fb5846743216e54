import Foundation
import Synchronization
import Testing

@testable import EnginePostgreSQL

@Suite("A temporary cluster")
struct ClusterTests {
  /// The processes whose command line names the folder.
  private static func processes(of folder: String) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { process in
      guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else {
        return false
      }
      return String(decoding: bytes, as: UTF8.self).contains(folder)
    }
  }

  private static func isGone(_ folder: String) -> Bool {
    for _ in 0..<1000 {
      if processes(of: folder).isEmpty, !FileManager.default.fileExists(atPath: folder) {
        return true
      }
      usleep(10_000)
    }
    return false
  }

  /// Starts a cluster in another process, has it killed, and gives its folder.
  private static func folderOfKilled(note: String) throws -> String {
    defer { try? FileManager.default.removeItem(atPath: note) }
    return try String(contentsOfFile: note, encoding: .utf8)
  }

  @Test("it has UTF-8, C's order, no network, and is gone with its value")
  func life() throws {
    var cluster: PostgreSQLCluster? = try PostgreSQLCluster()
    let location = try #require(cluster?.location)
    let folder = try #require(location.host)
    #expect(folder.utf8.count + "/.s.PGSQL.65535".utf8.count <= 107)
    let connection = try PostgreSQLConnection(location)
    #expect(
      try connection.query(
        """
        SELECT current_setting('server_encoding'), current_setting('listen_addresses'),
          current_setting('wal_level'), 'Z' < 'a', current_setting('TimeZone')
        """) == [["UTF8", "", "logical", "t", "UTC"]])
    #expect(!Self.processes(of: folder).isEmpty)
    cluster = nil
    #expect(Self.processes(of: folder).isEmpty)
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test("it ends with its owner, even if that is killed")
  func killed() async throws {
    let note = FileManager.default.temporaryDirectory.path + "/strata-\(UUID().uuidString)"
    await #expect(processExitsWith: .signal(SIGKILL)) { [note = note as String] in
      let cluster = try PostgreSQLCluster()
      _ = try PostgreSQLConnection(cluster.location)
      try cluster.path.write(toFile: note, atomically: true, encoding: .utf8)
      kill(getpid(), SIGKILL)
    }
    let folder = try Self.folderOfKilled(note: note)
    #expect(Self.isGone(folder))
  }

  @Test(
    "what was left behind by an owner that was killed with all its helpers goes at the next start")
  func swept() async throws {
    let note = FileManager.default.temporaryDirectory.path + "/strata-\(UUID().uuidString)"
    await #expect(processExitsWith: .signal(SIGKILL)) { [note = note as String] in
      let cluster = try PostgreSQLCluster()
      try cluster.path.write(toFile: note, atomically: true, encoding: .utf8)
      for process in ClusterTests.processes(of: cluster.path)
      where try String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8) == "sh\n" {
        kill(process, SIGKILL)
      }
      kill(getpid(), SIGKILL)
    }
    let folder = try Self.folderOfKilled(note: note)
    _ = try PostgreSQLCluster()
    #expect(Self.isGone(folder))
  }

  @Test("a folder goes even while what its killed owner had started still writes into it")
  func sweptWhileWritten() throws {
    let owner = try Self.start("/bin/true", [])
    owner.waitUntilExit()
    let place = ProcessInfo.processInfo.environment["STRATA_PG_TMPDIR"] ?? "/tmp"
    let folder = "\(place)/strata-pg-\(owner.processIdentifier)-\(UUID().uuidString.prefix(6))"
    try FileManager.default.createDirectory(
      atPath: folder + "/data", withIntermediateDirectories: true)
    // As cp does: it makes folders as long as their parent is there, and fills them.
    let script = """
      n=0
      while [ $n -lt 400 ]; do
        n=$((n + 1)); mkdir "$1/data/$n"; : >"$1/data/$n/a"; : >"$1/data/$n/b"
      done 2>/dev/null
      while [ -d "$1" ] && [ $n -lt 300000 ]; do n=$((n + 1)); mkdir "$1/$n"; done 2>/dev/null
      """
    let writer = try Self.start("/bin/sh", ["-c", script, "sh", folder])
    _ = try PostgreSQLCluster()
    #expect(!FileManager.default.fileExists(atPath: folder))
    writer.terminate()
    writer.waitUntilExit()
  }

  @Test("a folder that is just being made is nobody's for no moment, whoever sweeps meanwhile")
  func sweptWhileMade() async throws {
    let user = ServerUser.current()
    let isDone = Atomic<Bool>(false)
    let sweepCount = Atomic<Int>(0)
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 4) { number in
      if number > 0 {
        while !isDone.load(ordering: .relaxed) {
          ClusterFolder.sweep(for: user)
          sweepCount.add(1, ordering: .relaxed)
        }
        return
      }
      while sweepCount.load(ordering: .relaxed) < 400 {
        do {
          let folder = try ClusterFolder(for: user)
          if access(folder.path + "/owner", F_OK) != 0 {
            failures.withLock { $0.append("\(folder.path) was taken away") }
          }
          try FileManager.default.removeItem(atPath: folder.path)
          folder.release()
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
      isDone.store(true, ordering: .relaxed)
    }
    #expect(failures.withLock { $0 } == [])
  }

  private static func start(_ program: String, _ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    try process.run()
    return process
  }

  @Test("a cluster in use is not swept, and two have nothing to do with each other")
  func neighbours() throws {
    let first = try PostgreSQLCluster()
    let second = try PostgreSQLCluster()
    #expect(first.path != second.path)
    try PostgreSQLConnection(first.location).execute("CREATE DATABASE only_here")
    second.stop()
    second.stop()
    let names = try PostgreSQLConnection(first.location).query("SELECT datname FROM pg_database")
    #expect(names.contains(["only_here"]))
  }

  @Test("its place can be chosen, and one that cannot be is named before anything starts")
  func place() async throws {
    await #expect(processExitsWith: .success) {
      let place = "/tmp/strata-place-\(getpid())"
      defer { try? FileManager.default.removeItem(atPath: place) }
      mkdir(place, 0o755)
      setenv("STRATA_PG_TMPDIR", place, 1)
      let cluster = try PostgreSQLCluster()
      try #require(cluster.path.hasPrefix(place + "/strata-pg-"))
      cluster.stop()
      try #require(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty)
      let long = place + "/" + String(repeating: "x", count: 60)
      mkdir(long, 0o755)
      for (wrong, found) in [
        ("tmp", "found tmp"), (place + "/none", "which is no folder"), ("/etc/hosts", "no folder"),
        (long, "room for 67"),
      ] {
        setenv("STRATA_PG_TMPDIR", wrong, 1)
        do {
          _ = try PostgreSQLCluster()
          Issue.record("\(wrong) was taken")
        } catch {
          try #require(
            "\(error)".contains("STRATA_PG_TMPDIR") && "\(error)".contains(found), "\(error)")
          guard case PostgreSQLEngineError.place = error else {
            Issue.record("\(error)")
            continue
          }
        }
      }
    }
  }

  @Test("a version that is not on this machine is asked for by name")
  func versions() throws {
    let error = #expect(throws: PostgreSQLEngineError.self) {
      _ = try PostgreSQLCluster(version: 9)
    }
    let message = try #require(error?.description)
    #expect(message.contains("of version 9 (Strata knows 14 to 18) to try migrations in, found "))
    #expect(message.contains("name one of the versions that Strata knows"))
    let found = try ServerPrograms.find()
    #expect(try ServerPrograms.find(version: found.majorVersion).majorVersion == found.majorVersion)
  }

  @Test("a cluster that cannot start says what its log says")
  func misconfigured() throws {
    let error = #expect(throws: PostgreSQLEngineError.self) {
      _ = try PostgreSQLCluster(settings: ["shared_buffers": "nonsense"])
    }
    #expect(error?.description.contains("invalid value for parameter \"shared_buffers\"") == true)
  }
}
