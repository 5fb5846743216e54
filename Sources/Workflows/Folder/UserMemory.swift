import FileSystem
import FoundationEssentials
import Glibc
import SchemaModel
import StoreFormat

/// What the user once named for a store, and what is too dangerous to be believed of the store itself:
/// programs to start, folders to write to.
public struct UserMemory: Codable, Hashable, Sendable {
  /// The store's real path.
  public var store: String
  /// The interpreter that the last Alembic import was told.
  public var python: String?
  /// The folders that joined its Python path.
  public var paths: [String] = []
  /// What Alembic's `-x` gave to its env.py. (Memories of earlier versions have none.)
  public var arguments: [String]?
  /// The application that its env.py ran in.
  public var application: String?
  /// The migrations folders that were named for it, by their real paths.
  public var folders: [String] = []

  init(store: String) { self.store = store }

  private static let folderCountMax = 64

  /// Whether the user has named this folder for the store before.
  public func knows(folder: String) -> Bool { Files.real(folder).map(folders.contains) ?? false }

  /// The folder that holds memories, a file for each store by its real path. Only its owner may
  /// write there: what others could have written is not believed.
  public struct Place: Hashable, Sendable {
    /// Nil for none.
    public var folder: String?

    public init(folder: String?) { self.folder = folder }

    /// Nothing is remembered.
    public static let none = Place(folder: nil)

    /// `$XDG_STATE_HOME/strata/stores`, else `~/.local/state/strata/stores`, of whoever runs this
    /// process.
    public static var ofUser: Place {
      func absolute(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
      }
      let root = absolute("XDG_STATE_HOME") ?? absolute("HOME").map { $0 + "/.local/state" }
      return Place(folder: root.map { $0 + "/strata/stores" })
    }

    /// What is remembered of a store; of one that is not known, nothing.
    public func memory(of store: String) -> UserMemory {
      let path = Files.real(store) ?? store
      guard let file = file(path), let bytes = Files.readPlain(file, ownedBy: geteuid()),
        let found = try? JSONDecoder().decode(UserMemory.self, from: Data(bytes)),
        found.store == path
      else { return UserMemory(store: path) }
      return found
    }

    /// A memory that cannot be kept is only less convenient.
    func update(of store: String, _ change: (inout UserMemory) -> Void) {
      var memory = memory(of: store)
      change(&memory)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      guard let folder, let file = file(memory.store), let data = try? encoder.encode(memory)
      else { return }
      try? Files.makeDirectory(folder, mode: 0o700)
      try? Files.write(Array(data), to: file, mode: 0o600)
    }

    func note(folder: String, of store: String) {
      guard let path = Files.real(folder), !memory(of: store).folders.contains(path)
      else { return }
      update(of: store) {
        $0.folders = ([path] + $0.folders).prefix(UserMemory.folderCountMax).map { $0 }
      }
    }

    private func file(_ store: String) -> String? {
      folder.map { "\($0)/\(ContentHash(of: Array(store.utf8)).short).json" }
    }
  }
}
