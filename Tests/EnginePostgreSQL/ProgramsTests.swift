import Foundation
import SchemaModel
import Testing

@testable import EnginePostgreSQL

/// Folders of programs that do nothing but say their version.
private struct FakePrograms {
  let root: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/strata-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    root = try #require(ProgramPlaces.resolved(folder))
  }

  /// In another process: what one process forks while this one writes a program keeps the file open
  /// for writing, and such a file does not run.
  init(in root: String) { self.root = root }

  func remove() { try? FileManager.default.removeItem(atPath: root) }

  @discardableResult
  func add(
    _ folder: String, _ version: String, _ names: [String] = ["postgres", "initdb", "pg_dump"],
    status: Int = 0
  ) throws -> String {
    let path = root + "/" + folder
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in names {
      FileManager.default.createFile(
        atPath: path + "/" + name,
        contents: Data("#!/bin/sh\necho '\(name) (PostgreSQL) \(version)'\nexit \(status)\n".utf8),
        attributes: [.posixPermissions: 0o755])
    }
    return path
  }
}

@Suite("The programs of PostgreSQL that are on a machine")
struct ProgramsTests {
  @Test("where STRATA_PG_BIN names none, the message has what was looked for and what is there")
  func namesNone() async throws {
    let fakes = try FakePrograms()
    defer { fakes.remove() }
    await #expect(processExitsWith: .success) { [root = fakes.root as String] in
      let fakes = FakePrograms(in: root)
      try fakes.add("empty", "", [])
      try fakes.add("prefix/bin", "16.1")
      try fakes.add("half", "17.2", ["postgres"])
      try fakes.add("broken", "", ["postgres", "initdb"], status: 1)
      try fakes.add("old", "13.20")
      try fakes.add("new", "19beta1")
      try Data().write(to: URL(fileURLWithPath: root + "/file"))
      let none = "found none (searched: what STRATA_PG_BIN names: "
      for (named, part) in [
        (root + "/nowhere", "\(none)'\(root)/nowhere' is not there)"),
        ("pg/bin", "\(none)'pg/bin', looked for from the current folder, is not there)"),
        ("a\u{1B}[31mb", "looked for from the current folder, is not there)"),
        (root + "/file", "\(none)\(root)/file has no postgres and no initdb that can be run)"),
        (root + "/empty", "\(none)\(root)/empty has no postgres and no initdb that can be run)"),
        (root + "/prefix", "\(none)\(root)/prefix has none, \(root)/prefix/bin has them)"),
        (root + "/half", "found 17.2 in \(root)/half, without its initdb (searched: "),
        (root + "/broken", "found \(root)/broken/postgres, which does not say its version ("),
        (
          root + "/old",
          "found 13.20 in \(root)/old (searched: what STRATA_PG_BIN names: \(root)/old)"
        ),
        (root + "/new", "found 19beta1 in \(root)/new (searched: "),
      ] {
        setenv("STRATA_PG_BIN", named, 1)
        let error = #expect(throws: PostgreSQLEngineError.self) { try ServerPrograms.find() }
        let message = try #require(error?.description)
        #expect(
          message.hasPrefix("expected the programs of a PostgreSQL server (Strata knows 14 to 18)"))
        #expect(message.contains(part), "\(message)")
        #expect(!message.contains("\u{1B}"))
        #expect(message.contains("; let it name the folder that holds postgres and initdb, as in "))
        #expect(throws: PostgreSQLEngineError.self) { try PostgreSQLCluster() }
      }
    }
  }

  @Test("a relative STRATA_PG_BIN, and a link in a folder that only its owner enters, lead to them")
  func leads() async throws {
    let fakes = try FakePrograms()
    defer { fakes.remove() }
    let real = try ServerPrograms.find().folder
    let closed = try fakes.add("closed", "", [])
    try FileManager.default.createSymbolicLink(
      atPath: closed + "/link", withDestinationPath: real)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: closed)
    for (folder, named) in [
      (URL(fileURLWithPath: real).deletingLastPathComponent().path, "./bin"),
      ("/", closed + "/link"),
    ] {
      await #expect(processExitsWith: .success) {
        [folder = folder as String, named = named as String, real = real as String] in
        #expect(chdir(folder) == 0)
        setenv("STRATA_PG_BIN", named, 1)
        let cluster = try PostgreSQLCluster()
        #expect(cluster.programs.folder == real)
        _ = try PostgreSQLConnection(cluster.location)
      }
    }
  }

  @Test(
    "of several the newest that is known is taken, of equals the first on the PATH; one can be asked for"
  )
  func several() async throws {
    let fakes = try FakePrograms()
    defer { fakes.remove() }
    await #expect(processExitsWith: .success) { [root = fakes.root as String] in
      let fakes = FakePrograms(in: root)
      let folders = try [
        ("a", "13.20"), ("b", "15.99"), ("c", "18.0"), ("d", "18.9"), ("e", "19beta1"),
        ("f", "12.22"),
      ].map { try fakes.add($0.0, $0.1) }
      setenv("PATH", folders.joined(separator: ":"), 1)
      unsetenv("STRATA_PG_BIN")
      #expect(try ServerPrograms.find().version == "18.0")
      #expect(try ServerPrograms.find(version: 15).version == "15.99")
      for (version, found) in [(12, "12.22 in "), (13, "13.20 in "), (19, "19beta1 in ")] {
        let error = #expect(throws: PostgreSQLEngineError.self) {
          try ServerPrograms.find(version: version)
        }
        let message = try #require(error?.description)
        #expect(message.contains("of version \(version) (Strata knows 14 to 18) to try"))
        #expect(message.contains(found), "\(message)")
      }
    }
  }

  @Test(
    "pg_dump is of the server's version or the next newer one, a client's too; an older one is named"
  )
  func dumps() async throws {
    let fakes = try FakePrograms()
    defer { fakes.remove() }
    await #expect(processExitsWith: .success) { [root = fakes.root as String] in
      let fakes = FakePrograms(in: root)
      let folders = try [("a", "14.1"), ("b", "17.3"), ("c", "16.2"), ("d", "16.9")].map {
        try fakes.add($0.0, $0.1, ["pg_dump"])
      }
      try fakes.add("debian", "18.1", ["pg_wrapper"])
      try FileManager.default.createSymbolicLink(
        atPath: root + "/debian/pg_dump", withDestinationPath: root + "/debian/pg_wrapper")
      setenv("PATH", ([root + "/debian"] + folders).joined(separator: ":"), 1)
      unsetenv("STRATA_PG_BIN")
      for (version, folder) in [(14, "a"), (16, "c"), (17, "b")] {
        let found = DumpProgram(for: version, "\(version).1", beside: nil)
        #expect(found.program == "\(root)/\(folder)/pg_dump" && found.obstacle == nil)
      }
      setenv("STRATA_PG_BIN", root + "/c", 1)
      #expect(DumpProgram(for: 14, "14.1", beside: nil).program == "\(root)/c/pg_dump")
      let older = DumpProgram(for: 18, "18.6", beside: nil)
      #expect(older.program == nil)
      #expect(
        older.obstacle?.hasPrefix(
          "a pg_dump of version 18 or later is missing for the server's 18.6, found only 16.2 in "
            + "\(root)/c (searched: ") == true, "\(older)")
      // That of a cluster of our own is beside its server, or nowhere.
      let missing = DumpProgram(for: 16, "16.2", beside: root + "/nowhere")
      #expect(missing.obstacle?.contains("found none (searched: \(root)/nowhere)") == true)
    }
  }

  @Test("a server of the user's is dumped by its password too, and whatever driver its URL names")
  func password() throws {
    let cluster = try PostgreSQLCluster(authentication: ["local all all scram-sha-256"])
    let server = try PostgreSQLConnection(cluster.administration)
    try server.execute("CREATE ROLE ann LOGIN CREATEDB PASSWORD 'geheim'")
    try server.execute("CREATE DATABASE app OWNER ann")
    var location = cluster.location.with(database: "app")
    location.parameters["user"] = "ann"
    location.parameters["password"] = "geheim"
    location.driver = "psycopg2"
    let scratch = try PostgreSQLEngine(source: .url(location.url)).makeScratch()
    _ = try scratch.run(script: "CREATE TABLE by_ann (x int)")
    #expect(try scratch.dumpObstacle() == nil)
    #expect(try scratch.dump()?.contains("CREATE TABLE public.by_ann") == true)
    scratch.discard()
  }

  @Test("what a server was built without is named, and what has it")
  func features() throws {
    let scratch = try Shared.engine().makeScratch()
    for (script, name) in [
      ("CREATE COLLATION probe (provider = icu, locale = 'en')", "ICU"),
      ("CREATE TABLE a (b text COLLATE \"en-x-icu\")", "ICU"),
      (
        "CREATE TABLE a (b xml DEFAULT xmlparse(document '<a/>')); INSERT INTO a DEFAULT VALUES",
        "libxml"
      ),
      ("CREATE TABLE a (b text COMPRESSION lz4)", "LZ4"),
    ] {
      do {
        _ = try scratch.copy().run(script: script)
      } catch PostgreSQLEngineError.missingFeature(let found, let server, let failure) {
        #expect(found == name)
        let error = PostgreSQLEngineError.missingFeature(
          name: found, server: server, failure: failure)
        #expect(
          error.description.hasPrefix(
            "expected a server that was built with \(name), found PostgreSQL "))
        #expect(error.nextStep?.contains("STRATA_PG_BIN") == true)
      }
    }
  }

  @Test(
    "such a server's words are understood, and those of one that lacks only a language are left")
  func words() {
    func failure(_ message: String, _ detail: String? = nil) -> StatementFailure {
      StatementFailure(sql: "", code: "0A000", message: message, detail: detail)
    }
    let xml = failure(
      "unsupported XML feature",
      "This functionality requires the server to be built with libxml support.")
    #expect(BuildWords.missing(xml) { true } == "libxml")
    let collation = failure("collation \"xx-x-icu\" for encoding \"UTF8\" does not exist")
    #expect(BuildWords.missing(collation) { true } == nil)
    #expect(BuildWords.missing(collation) { false } == "ICU")
    #expect(BuildWords.missing(failure("relation \"a\" does not exist")) { false } == nil)
  }
}
