import FileSystem
import FoundationEssentials
import Glibc
import Storage
import StoreFormat
import SchemaModel

/// What the user once named for a store, and what is too dangerous to be believed of the store itself:
/// programs to start, folders to write to. It lies where only the user writes, in
/// `$XDG_STATE_HOME/strata` or `~/.local/state/strata`, a file for each store by its real path.
struct UserMemory: Codable {
  /// The store's real path.
  var store: String
  var python: String?
  var paths: [String] = []
  /// The migrations folders that were named for it, by their real paths.
  var folders: [String] = []

  private static let folderCountMax = 64

  /// What is remembered of a store; of one that is not known, nothing.
  static func of(_ store: String) -> UserMemory {
    let path = Files.real(store) ?? store
    guard let file = file(path), let bytes = Files.readPlain(file, ownedBy: geteuid()),
      let found = try? JSONDecoder().decode(UserMemory.self, from: Data(bytes)),
      found.store == path
    else { return UserMemory(store: path) }
    return found
  }

  /// A memory that cannot be kept is only less convenient.
  static func update(of store: String, _ change: (inout UserMemory) -> Void) {
    var memory = of(store)
    change(&memory)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let file = file(memory.store), let folder = Files.parent(of: file),
      let data = try? encoder.encode(memory)
    else { return }
    try? Files.makeDirectory(folder, mode: 0o700)
    try? Files.write(Array(data), to: file, mode: 0o600)
  }

  static func note(folder: String, of store: String) {
    guard let path = Files.real(folder), !of(store).folders.contains(path) else { return }
    update(of: store) { $0.folders = ([path] + $0.folders).prefix(folderCountMax).map { $0 } }
  }

  /// Whether the user has named this folder for the store before.
  func knows(folder: String) -> Bool { Files.real(folder).map(folders.contains) ?? false }

  private static func file(_ path: String) -> String? {
    let root: String
    if let state = Environment.value("XDG_STATE_HOME"), state.hasPrefix("/") {
      root = state
    } else if let home = Environment.value("HOME"), home.hasPrefix("/") {
      root = home + "/.local/state"
    } else {
      return nil
    }
    return "\(root)/strata/stores/\(ContentHash(of: Array(path.utf8)).short).json"
  }
}
