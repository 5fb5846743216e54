import ArgumentParser
import FileSystem
import Glibc
import SchemaHistory
import SchemaModel
import StoreFormat

struct Record: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Records one revision from SQL.",
    discussion: """
      The script runs in a scratch database that holds the parent's schema and rows; what became of \
      it is recorded. Where somebody else recorded meanwhile, nothing is (exit code 4): look at \
      `strata log` and record again. --branch begins a branch at a revision that is no head.

      Example:
        strata record -m "users have an address" add_email.sql
        echo 'ALTER TABLE users ADD email TEXT' | strata record -m "add email" -
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The script; - reads standard input.", valueName: "file"))
  var file: String
  @Option(name: .shortAndLong, help: ArgumentHelp("Why.", valueName: "text"))
  var message = ""
  @Option(help: ArgumentHelp("Who; the git user without it.", valueName: "name"))
  var author: String?
  @Option(
    help: ArgumentHelp("The revision's id; made from its content without it.", valueName: "id"))
  var id: String?
  @Option(help: ArgumentHelp("The head that it is expected to follow.", valueName: "rev"))
  var parent: String?
  @Flag(help: "Let --parent be a revision that has children already.")
  var branch = false
  @OptionGroup var limits: RunArguments
  @Flag(help: "Print the revision as one JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForWriting()
    try limits.warnOfScratch(history)
    try TemporaryFolder.beginRun()
    try record(history, history.product(limits.options))
  }

  private func record<P: Product>(_ history: History, _ product: P) throws {
    let bytes =
      file == "-"
      ? try Files.read(descriptor: STDIN_FILENO, named: "standard input")
      : try Files.readStream(file)
    guard let script = String(validating: bytes, as: UTF8.self) else {
      throw Failure.input("expected UTF-8 text in \(file), found other bytes; convert it first")
    }
    let heads = try history.heads()
    let parent = try chosenParent(heads, history)
    let draft = self.draft(bytes, parent: parent)
    let cache = ScratchCache(history: history, product: product)
    let scratch = try self.scratch(parent, history, cache)
    defer { scratch.0.discard() }
    let executed = try Self.execute(script, scratch.0, product)
    let capture = try scratch.0.capture(after: scratch.1, statements: executed)
    let recorded = try history.record(
      [
        Recording(
          draft: draft, change: .capture(capture), expectedParents: branch ? nil : heads)
      ], by: Author.current)
    cache.keep(draft.id, scratch.0)
    try? cache.prune()
    history.letProjectionFollow()
    for revision in recorded { try report(revision, history) }
  }

  private func chosenParent(_ heads: [RevisionID], _ history: History) throws -> RevisionID? {
    guard let parent else {
      if heads.isEmpty { return nil }
      return try history.head()
    }
    let id = try history.resolve(parent)
    guard branch || heads.contains(id) else {
      throw HistoryError.conflict(expected: [id], found: heads)
    }
    return id
  }

  private func draft(_ bytes: [UInt8], parent: RevisionID?) -> RevisionDraft {
    let now = Timestamp.now
    let author = author ?? Author.current
    let seed = "\(parent?.text ?? "")\n\(author)\n\(message)\n\(now.milliseconds)\n"
    let id = id ?? ContentHash(of: Array(seed.utf8) + bytes).short
    let path = file == "-" ? "\(id).sql" : Files.name(of: file)
    return RevisionDraft(
      id: RevisionID(id), parents: parent.map { [$0] } ?? [], author: author, message: message,
      authored: now, source: SourceFile(format: .sql, path: path, up: bytes))
  }

  /// A database that holds the parent: the cached one, else one made from the parent's baseline.
  private func scratch<P: Product>(
    _ parent: RevisionID?, _ history: History, _ cache: ScratchCache<P>
  ) throws -> (P.E.Scratch, Capture) {
    guard let parent else {
      return (try cache.product.engine().makeScratch(), Capture(schema: Schema()))
    }
    if let cached = try cache.cached(parent) { return cached }
    guard let rebuilt = try cache.product.rebuilt(parent, history) else {
      throw Failure.engine(
        "expected the baseline of \(parent) to give its schema, found another one; nothing was "
          + "recorded. `strata import` on the folder records exactly")
    }
    return (rebuilt.scratch, rebuilt.capture)
  }

  /// A script that is no SQL is bad input; one that the engine refuses is the engine's failure.
  private static func execute(
    _ script: String, _ scratch: some ScratchDatabase, _ product: some Product
  ) throws -> [ExecutedStatement] {
    do {
      return try scratch.run(script: script)
    } catch {
      let reason = Message(of: error)
      let isExpectation = reason.description.hasPrefix("expected ")
      let text: Message =
        (isExpectation ? "" : "expected SQL that runs on the parent's schema: ")
        + reason + "\nnothing was recorded"
      throw product.isSyntaxError(error) ? Failure.input(text) : Failure.engine(text)
    }
  }

  private func report(_ recorded: RecordedRevision, _ history: History) throws {
    for warning in recorded.revision.warnings { Console.warn(warning) }
    let operations = try history.operations(of: recorded.id)
    if json {
      var fields = RevisionDocument.fields(recorded, heads: Set(try history.heads()))
      fields.append(
        ("operations", .list(operations.map { RevisionDocument.operation($0.operation) })))
      Console.write(document: JSONValue.object(fields).document + "\n")
      return
    }
    let parents = recorded.revision.parents.map(\.text).joined(separator: ", ")
    Console.print(
      [Line("Recorded \(recorded.id)" + (parents.isEmpty ? "" : " on \(parents)"))]
        + Diff.visible(operations.map(\.operation)).map { "  " + OperationLine($0).line })
  }
}
