import ArgumentParser
import FileSystem
import Glibc
import SchemaHistory
import SchemaModel

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
        throw Failure.input(
          "expected a store at \(named), found \(Files.exists(named) ? "a file" : "nothing"); "
            + "`strata --store \(named) init` makes one")
      }
      return named
    }
    let start = Files.workingDirectory
    var folder = start
    while true {
      let candidate = folder == "/" ? "/\(Self.folderName)" : "\(folder)/\(Self.folderName)"
      // Found, not named: it may have come with the folder, and may lead anywhere.
      if Files.isLink(candidate) {
        throw Failure.refused(
          "expected the folder \(candidate), found a symbolic link; nothing was opened. Name the store "
            + "that you mean: --store DIR")
      }
      if Files.isDirectory(candidate) { return candidate }
      guard folder != "/", let parent = Files.parent(of: folder) else { break }
      folder = parent
    }
    throw Failure.input(
      "expected a store, found no \(Self.folderName)/ in \(start) or above it; "
        + "`strata init` makes one, --store DIR names another")
  }

  /// Opens for asking: nothing in the store changes, and all answers are of one state.
  func openForReading() throws -> History {
    let history = try Self.openForReading(at: locate())
    try history.stayInOneState()
    return history
  }

  /// The same, of the store in a directory.
  static func openForReading(at directory: String) throws -> History {
    let history = try History.open(at: directory, readOnly: true)
    // A dialect that this Strata does not know is said by what needs its words.
    history.defaultNamespace = (try? history.words())?.defaultNamespace ?? ""
    return history
  }

  /// Opens for writing. What an interrupted rewriting of a migrations folder left is only said: a
  /// store's word is not enough to write there.
  func openForWriting() throws -> History {
    let history = try History.open(at: locate())
    if let folder = try history.interruptedFolder() { Self.warnOfInterrupted(folder) }
    return history
  }

  /// Opens for writing, for a verb that may be about a migrations folder: it must settle what was
  /// interrupted (`History.settle`).
  func openForFolder() throws -> History { try History.open(at: locate()) }

  static func warnOfInterrupted(_ folder: String) {
    Console.warn(
      "the rewriting of the migrations folder \(folder) was interrupted; "
        + "`strata restore --finish DIR` finishes it")
  }
}

extension History {
  /// Finishes the interrupted rewriting of a folder that this command line names; of another one, it
  /// is said, and nothing done.
  /// - Returns: whether files of the folder have changed.
  func settle(_ folder: String?) throws -> Bool {
    guard let interrupted = try interruptedFolder() else { return false }
    guard let folder, try isInterrupted(folder) else {
      StoreOptions.warnOfInterrupted(interrupted)
      return false
    }
    try finishFolder(folder)
    Console.note("strata: finished the interrupted rewriting of \(folder)")
    return true
  }

  /// Says which archived events the answer cannot hold.
  func warnOfMissingSegments() throws {
    for segment in try missingSegments() {
      Console.warn(
        "not among these: the archived events \(segment.reference.first) to "
          + "\(segment.reference.last), whose segment \(segment.reference.name) is not in the archive"
      )
    }
  }

  /// Lets the projection follow what was written, so that other SQLite clients see it. It follows
  /// by itself at the next `query`, so its failure is a warning.
  func letProjectionFollow() {
    do {
      try followLog()
    } catch {
      Console.warn("the projection does not follow yet: \(error)")
    }
  }

  /// The revision that `name` means; head where none is named.
  func resolve(orHead name: String?) throws -> RevisionID {
    if let name { try resolve(name) } else { try head() }
  }
}
