import RandomSchemas
import SchemaModel
import Testing

@Suite("Moments in time")
struct TimestampTests {
  @Test(
    "reads what people and tools write",
    arguments: [
      ("2024-05-01", "2024-05-01T00:00:00Z"),
      ("2024-05-01T12:00Z", "2024-05-01T12:00:00Z"),
      ("2024-05-01 12:00:30.250+02:00", "2024-05-01T10:00:30.250Z"),
      ("2024-05-01T12:00:30.1234567-0530", "2024-05-01T17:30:30.123Z"),
      ("2024-02-29", "2024-02-29T00:00:00Z"),
      ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
      ("0000-03-01", "0000-03-01T00:00:00Z"),
    ])
  func parsing(text: String, printed: String) {
    #expect(Timestamp(text)?.description == printed)
  }

  @Test(
    "refuses what is no date",
    arguments: [
      "", "yesterday", "2024-13-01", "2023-02-29", "2024-05-01T24:00", "2024-05-01T12",
      "2024-05-01T12:00:00Zzz", "2024-5-1", "24-05-01", "2024-05-01T12:00:00 Berlin",
    ])
  func refusing(text: String) { #expect(Timestamp(text) == nil) }

  @Test("what is printed reads back as the same moment", arguments: 0..<200)
  func roundTrip(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    // The years 0 to 9999: what four digits can say.
    let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999
    let moment = Timestamp(milliseconds: Int64.random(in: range, using: &generator))
    #expect(Timestamp(moment.description) == moment, "seed \(seed)")
    #expect(moment.description.hasPrefix(moment.day))
  }

  @Test("any 64 bits can be printed", arguments: [Int64.min, Int64.min + 1, -1, 0, Int64.max])
  func extremes(milliseconds: Int64) {
    #expect(Timestamp(milliseconds: milliseconds).description.hasSuffix("Z"))
  }
}
