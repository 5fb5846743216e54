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
  @Option(
    help: ArgumentHelp(
      "Colours: auto (on a terminal, not with NO_COLOR), always, never.", valueName: "when"))
  var color: ColorChoice = .auto
  @Flag(
    help: "Print a long answer as it is; else a terminal shows it in STRATA_PAGER, PAGER or less.")
  var noPager = false

  func validate() throws {
    if color != .auto { Console.colors = color }
  }

  /// Lets a long answer be read in a pager.
  func page() { Pager.isWanted = !noPager }

  static let folderName = ".strata"

  /// Takes `--store DIR` from before the verb, where git and others have such options too; `--color` and
  /// `--no-pager` go behind it.
  static func takeLeading(_ arguments: some Collection<String>) -> [String] {
    var rest = Array(arguments)
    var behind: [String] = []
    while let first = rest.first {
      if first == "--store", rest.count > 1 {
        setenv("STRATA_STORE", rest[1], 1)
        rest.removeFirst(2)
      } else if first.hasPrefix("--store=") {
        setenv("STRATA_STORE", String(first.dropFirst("--store=".count)), 1)
        rest.removeFirst()
      } else if first == "--color", rest.count > 1 {
        behind += rest.prefix(2)
        rest.removeFirst(2)
      } else if first == "--no-pager" || first.hasPrefix("--color=") {
        behind.append(first)
        rest.removeFirst()
      } else {
        break
      }
    }
    guard let verb = rest.first else { return behind }
    // `import alembic`, `archive list` have their options behind both words.
    let count =
      ["import", "archive"].contains(verb) && rest.count > 1 && !rest[1].hasPrefix("-") ? 2 : 1
    return Array(rest.prefix(count)) + behind + rest.dropFirst(count)
  }

  /// Whether a store is named, there or not.
  var isNamed: Bool { store != nil || Environment.value("STRATA_STORE") != nil }

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
    if history.isUncounted {
      Exit.beforeEnd {
        history.isOvertaken
          ? "others wrote to the log while it was read, and may not know of this reader, which may not write "
            + "log/lock.mdb: the answer may be wrong; ask again" : nil
      }
    }
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

/// When there are colours.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, always, never }
