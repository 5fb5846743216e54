import ArgumentParser
import FileSystem
import Glibc
import SchemaHistory
import SchemaModel
import Workflows

/// Where the store is: `--store`, else `STRATA_STORE`, else the nearest `.strata/` upward.
struct StoreOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The store's directory.", valueName: "dir"))
  var store: String?

  static let folderName = ".strata"

  /// Takes `--store DIR` from before the verb, where git and others have such options too.
  static func takeLeading(_ arguments: some Collection<String>) -> [String] {
    var rest = Array(arguments)
    while let first = rest.first {
      if first == "--store", rest.count > 1 {
        setenv("STRATA_STORE", rest[1], 1)
        rest.removeFirst(2)
      } else if first.hasPrefix("--store=") {
        setenv("STRATA_STORE", String(first.dropFirst("--store=".count)), 1)
        rest.removeFirst()
      } else {
        break
      }
    }
    return rest
  }

  /// The directory in which a new store is made.
  var newDirectory: String { store ?? Environment.value("STRATA_STORE") ?? Self.folderName }

  /// - Throws: `.input` where there is no store.
  func locate() throws -> String {
    if let named = store ?? Environment.value("STRATA_STORE") {
      guard Files.isDirectory(named) else {
        if let why = Files.whyOutOfReach(named) {
          throw WorkflowError.refused("expected a store at \(named), cannot look there: \(why)")
        }
        throw WorkflowError.input(
          "expected a store at \(named), found \(Files.exists(named) ? "a file" : "nothing"); "
            + "`strata --store \(named.asShellWord) init` makes one")
      }
      return named
    }
    let start = Files.workingDirectory
    var folder = start
    while true {
      let candidate = folder == "/" ? "/\(Self.folderName)" : "\(folder)/\(Self.folderName)"
      // Found, not named: it may have come with the folder, and may lead anywhere.
      if Files.isLink(candidate) {
        throw WorkflowError.refused(
          "expected the folder \(candidate), found a symbolic link; nothing was opened. Name the store "
            + "that you mean: --store DIR")
      }
      if Files.isDirectory(candidate) { return candidate }
      guard folder != "/", let parent = Files.parent(of: folder) else { break }
      folder = parent
    }
    throw WorkflowError.input(
      "expected a store, found no \(Self.folderName)/ in \(start) or above it; "
        + "`strata init` makes one, --store DIR names another")
  }

  /// Opens for asking: nothing in the store changes, and all answers are of one state.
  func openForReading() throws -> History {
    let history = try History.openForReading(at: locate())
    try history.stayInOneState()
    if let warning = try history.rolledBackWarning() { Console.warn(warning) }
    return history
  }

  /// Opens for writing. What an interrupted rewriting of a migrations folder left is only said: a
  /// store's word is not enough to write there.
  /// - Parameter file: the key that signs what is written; `STRATA_SIGN_KEY` without it.
  func openForWriting(signingWith file: String? = nil) throws -> History {
    let history = try openForFolder(signingWith: file)
    if let folder = try history.interruptedFolder() {
      Console.warn(InterruptedFolder.warning(folder))
    }
    return history
  }

  /// Opens for writing, for a verb that may be about a migrations folder: it must settle what was
  /// interrupted (the workflows do).
  func openForFolder(signingWith file: String? = nil) throws -> History {
    let history = try History.open(at: locate())
    if let key = try SigningOptions.key(file) { try history.sign(with: key, by: Author.current) }
    return history
  }
}

extension History {
  /// Says which archived events the answer cannot hold.
  func warnOfMissingSegments() throws {
    for segment in try missingSegments() { Self.warn("not among these", segment) }
  }

  /// Says which archived events the projection does not hold.
  func warnOfUnprojectedSegments(_ lacking: String = "not among these") {
    for segment in unprojectedSegments { Self.warn(lacking, segment) }
  }

  private static func warn(_ lacking: String, _ segment: ArchivedSegment) {
    let (first, last) = (segment.reference.first, segment.reference.last)
    Console.warn(
      "\(lacking): the archived events \(first) to \(last), "
        + (segment.isPresent
          ? "since a segment behind them is not in the archive, or was not when the projections were made"
          : "whose segment \(segment.reference.name) is not in the archive"))
  }

  /// Lets the projection follow what was written; a failure is a warning.
  func letProjectionFollow() {
    if let warning = projectionWarning() { Console.warn(warning) }
  }
}
