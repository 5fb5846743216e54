import CLibPQ
import Testing

@Suite("libpq")
struct LibraryTests {
  @Test("libpq is loaded when it is first needed")
  func loads() {
    #expect(strata_pq_load() == nil)
  }
}
