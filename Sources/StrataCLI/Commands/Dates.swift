import ArgumentParser
import SchemaModel
import SchemaHistory

/// `--since` and `--until`: what lasts is meant from its beginning, and to its end.
struct TimeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Not before this time (2024-05-01, 2024-05-01T12:00Z, 2024-05, yesterday, '2 weeks ago').",
      valueName: "date"))
  var since: String?
  @Option(
    help: ArgumentHelp(
      "Not after this time; a day or a month is meant whole.", valueName: "date"))
  var until: String?

  func range() throws -> (since: Timestamp?, until: Timestamp?) {
    (try since.map { try Self.span($0).first }, try until.map { try Self.span($0).last })
  }

  private static func span(_ text: String) throws -> TimeSpan {
    guard let span = TimeSpan(text, now: Timestamp.now) else {
      throw HistoryError.notADate(text)
    }
    return span
  }
}
