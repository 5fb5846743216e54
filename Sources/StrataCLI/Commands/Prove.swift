import ArgumentParser
import Documents
import SchemaHistory
import SchemaModel
import Workflows

struct Prove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prints a proof that an event, or an object at a revision, belongs to the history.",
    discussion: """
      Whoever has the checkpoint can check the proof without the store: tools/prove/check.py, or \
      by docs/TRUST.md. Archived events are proved as well.

      Example:
        strata prove '#12'
        strata prove --object "table users" --column email --at v1.0 --checkpoint schema.checkpoint
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("A revision, or an event such as #12.", valueName: "rev"))
  var subject: String?
  @Option(help: ArgumentHelp("What the revision's schema had.", valueName: "object"))
  var object: String?
  @Option(help: ArgumentHelp("A column of it.", valueName: "name"))
  var column: String?
  @Option(help: ArgumentHelp("The revision of the object; head without it.", valueName: "rev"))
  var at: String?
  @Option(
    help: ArgumentHelp(
      "Prove it under this checkpoint of before; under one of now without it.", valueName: "file"))
  var checkpoint: String?

  func validate() throws {
    guard (subject == nil) == (object != nil) else {
      throw ValidationError("expected one of a revision (or an event) and --object")
    }
    if object == nil, column != nil || at != nil {
      throw ValidationError("--column and --at belong to --object; name it too")
    }
  }

  func run() throws {
    let history = try location.openForReading()
    let kept = try checkpoint.map { try SigningOptions.text(of: $0) }
    let proof: HistoryProof
    if let object {
      let id = try history.resolve(orHead: at)
      let name = try history.object(named: spelled(object), at: id)
      proof = try history.proof(of: id, object: name, under: kept)
    } else if let subject, subject.hasPrefix("#"), let number = UInt64(subject.dropFirst()) {
      proof = try history.proof(ofEvent: EventSequence(number), under: kept)
    } else {
      proof = try history.proof(of: history.resolve(orHead: subject), under: kept)
    }
    Console.write(ProofDocument.value(proof))
  }

  /// `table users` is how objects are printed; as a name it is `table:users`.
  private func spelled(_ object: String) -> String {
    let kinds = ObjectKind.allCases.map { "\($0) " }
    let kind = kinds.first { object.hasPrefix($0) }
    let name = kind.map { "\($0.dropLast()):\(object.dropFirst($0.count))" } ?? object
    return column.map { "\(name).\($0)" } ?? name
  }
}
