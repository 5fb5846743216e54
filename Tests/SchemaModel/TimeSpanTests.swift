import SchemaModel
import Testing

@Suite("Stretches of time that people name")
struct TimeSpanTests {
  /// A Saturday.
  private let now = Timestamp("2026-11-28T10:30:00Z")!

  @Test(
    "are read as people mean them",
    arguments: [
      ("2024-05-01", "2024-05-01T00:00:00Z", "2024-05-01T23:59:59.999Z"),
      ("2024-05-01T12:00Z", "2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"),
      ("2024-02", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59.999Z"),
      ("2024", "2024-01-01T00:00:00Z", "2024-12-31T23:59:59.999Z"),
      ("now", "2026-11-28T10:30:00Z", "2026-11-28T10:30:00Z"),
      ("today", "2026-11-28T00:00:00Z", "2026-11-28T23:59:59.999Z"),
      ("Yesterday", "2026-11-27T00:00:00Z", "2026-11-27T23:59:59.999Z"),
      ("3 days ago", "2026-11-25T10:30:00Z", "2026-11-25T10:30:00Z"),
      ("2.weeks.ago", "2026-11-14T10:30:00Z", "2026-11-14T10:30:00Z"),
      ("an hour ago", "2026-11-28T09:30:00Z", "2026-11-28T09:30:00Z"),
      ("9 months ago", "2026-02-28T10:30:00Z", "2026-02-28T10:30:00Z"),
      ("2 years ago", "2024-11-28T10:30:00Z", "2024-11-28T10:30:00Z"),
      ("last week", "2026-11-16T00:00:00Z", "2026-11-22T23:59:59.999Z"),
      ("last month", "2026-10-01T00:00:00Z", "2026-10-31T23:59:59.999Z"),
      ("last year", "2025-01-01T00:00:00Z", "2025-12-31T23:59:59.999Z"),
      ("saturday", "2026-11-28T00:00:00Z", "2026-11-28T23:59:59.999Z"),
      ("last saturday", "2026-11-21T00:00:00Z", "2026-11-21T23:59:59.999Z"),
      ("mon", "2026-11-23T00:00:00Z", "2026-11-23T23:59:59.999Z"),
      ("last march", "2026-03-01T00:00:00Z", "2026-03-31T23:59:59.999Z"),
      ("november", "2026-11-01T00:00:00Z", "2026-11-30T23:59:59.999Z"),
      ("last november", "2025-11-01T00:00:00Z", "2025-11-30T23:59:59.999Z"),
      ("december", "2025-12-01T00:00:00Z", "2025-12-31T23:59:59.999Z"),
      ("feb 2024", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59.999Z"),
    ])
  func reading(text: String, first: String, last: String) throws {
    let span = try #require(TimeSpan(text, now: now))
    #expect(span.first.description == first)
    #expect(span.last.description == last)
  }

  @Test("the 31st of a month that has none is its last day; January's month before is December")
  func edges() throws {
    let end = Timestamp("2026-03-31T00:00:00Z")!
    #expect(TimeSpan("1 month ago", now: end)?.first.description == "2026-02-28T00:00:00Z")
    let beginning = Timestamp("2026-01-05T00:00:00Z")!
    #expect(TimeSpan("last month", now: beginning)?.first.description == "2025-12-01T00:00:00Z")
    #expect(TimeSpan("last december", now: beginning)?.first.description == "2025-12-01T00:00:00Z")
  }

  @Test(
    "are refused where they are none",
    arguments: [
      "", "tomorrow", "ago", "days ago", "-1 days ago", "1e9 days ago", "2024-13", "2024-5",
      "20245",
      "march 20", "last", "last day of may", "99999999999999999999 years ago",
      "9223372036854775807 days ago", "2024-05-01x", "yesterday noon",
    ])
  func refusing(text: String) { #expect(TimeSpan(text, now: now) == nil) }

  @Test("nothing overflows", arguments: [Int64.min, -1, 0, Int64.max / 2])
  func limits(milliseconds: Int64) {
    let now = Timestamp(milliseconds: milliseconds)
    for text in ["1000000000 weeks ago", "1000000 years ago", "yesterday", "last month", "march"] {
      _ = TimeSpan(text, now: now)
    }
  }
}
