import CLibPQ
import EnginePostgreSQL
import Foundation
import Testing

@Suite("libpq")
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
}
