import ArgumentParser
import SchemaModel
import Workflows

/// `--since` and `--until`: a bare day means its beginning and its end.
struct TimeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Not before this day or time (2024-05-01, 2024-05-01T12:00Z).", valueName: "date"))
  var since: String?
  @Option(
    help: ArgumentHelp("Not after this day or time; a day is meant whole.", valueName: "date"))
  var until: String?

  func range() throws -> (since: Timestamp?, until: Timestamp?) {
    (try since.map { try Self.moment($0) }, try until.map { try Self.moment($0, isEnd: true) })
  }

  private static func moment(_ text: String, isEnd: Bool = false) throws -> Timestamp {
    guard let moment = Timestamp(text) else {
      throw WorkflowError.input(
        "expected a date, found '\(text)'; write 2024-05-01 or 2024-05-01T12:00:00Z")
    }
    guard isEnd, Timestamp.isDayOnly(text) else { return moment }
    return Timestamp(milliseconds: moment.milliseconds + 86_400_000 - 1)
  }
}
