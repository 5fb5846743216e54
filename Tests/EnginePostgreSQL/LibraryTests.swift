import CLibPQ
import EnginePostgreSQL
import Foundation
import Testing

@Suite("libpq, and the server's programs")
struct LibraryTests {
  @Test("libpq is loaded when it is first needed")
  func loads() {
    #expect(strata_pq_load() == nil)
  }

  @Test("without libpq the message says what to install")
  func missing() async {
    await #expect(processExitsWith: .success) {
      setenv("STRATA_LIBPQ", "/nowhere/libpq.so.5", 1)
      let error = #expect(throws: PostgreSQLEngineError.self) {
        try PostgreSQLConnection(url: "postgresql://me:geheim@host/app")
      }
      let message = try #require(error?.description)
      #expect(message.contains("/nowhere/libpq.so.5"))
      #expect(message.contains("apt install libpq5"))
    }
  }

  @Test("a version that Strata does not know is named, and is never chosen")
  func unknown() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/strata-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["postgres", "initdb"] {
      FileManager.default.createFile(
        atPath: folder + "/" + name,
        contents: Data("#!/bin/sh\necho 'postgres (PostgreSQL) 19beta1 (Debian 19)'\n".utf8),
        attributes: [.posixPermissions: 0o755])
    }
    await #expect(processExitsWith: .success) { [folder = folder as String] in
      setenv("PATH", folder + ":/usr/bin:/bin", 1)
      let chosen = try ServerPrograms.find()
      #expect(chosen.majorVersion <= PostgreSQLVersion.newest)
      let error = #expect(throws: PostgreSQLEngineError.self) {
        try ServerPrograms.find(version: 19)
      }
      #expect(error?.description.contains("19beta1 in \(folder)") == true)
    }
  }
}
