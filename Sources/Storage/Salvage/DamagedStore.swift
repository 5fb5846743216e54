import FileSystem
import Glibc
import LMDB
public import SchemaModel
public import StoreFormat

/// The files of a store that may not be opened any more. Nothing of it is ever changed.
public struct DamagedStore: Sendable {
  /// As it was given.
  public let directory: String

  public init(at directory: String) { self.directory = directory }

  private var log: String { Store.logPath(directory) }
  private var archive: String { directory + "/archive" }

  /// Whether anything of a store is there.
  public var isThere: Bool {
    Files.exists(log + "/data.mdb") || !Files.names(in: archive).isEmpty
      || Files.exists(directory + "/projection.sqlite")
  }

  /// Reads all that its files hold.
  /// - Throws: `StoreError.file` or `.medium` for a file that may not be read; `.foreignPlace`.
  public func contents(progress: (String, Int, Int) -> Void) throws -> FoundContents {
    try StorePlaces.check(directory)
    let found = FoundContents()
    var places = [(log + "/data.mdb", "the log")]
    // What a compaction that was killed left is the log, too.
    places.append((directory + "/log.compact/data.mdb", "log.compact"))
    for name in Files.names(in: archive) {
      places.append((archive + "/" + name, "archive/\(name)"))
    }
    for (path, name) in places {
      let file = try Store.translating(path) { try DamagedFile(path) }
      if let file { found.add(file, named: name, progress: progress) }
    }
    return found
  }

  /// The committed state of a log whose pages are all sound; nil where that cannot be said. LMDB is not
  /// asked: it would write to its lock file.
  public func soundState() -> StoreState? {
    guard let file = try? DamagedFile(log + "/data.mdb"),
      let pages = file.soundMetaPages(valueOf: Keys.state, in: Keys.meta),
      Store.damages(of: pages).isEmpty,
      let newest = pages.max(by: { $0.transaction < $1.transaction })?.value
    else { return nil }
    return newest.withUnsafeBytes { try? StoreState($0) }
  }

  /// The last event that the last writer noted; nil where none did.
  public var mark: EventSequence? { WriterLock.mark(in: directory) }

  /// The path of a file of the archive that is, to the byte, what a cut says of its segment.
  public func path(of segment: SegmentReference) throws -> String? {
    for name in Files.names(in: archive) {
      let path = archive + "/" + name
      guard Files.byteCount(of: path) == Int(exactly: segment.byteCount),
        let file = try Store.translating(path, { try DamagedFile(path) })
      else { continue }
      if Self.hash(of: file) == segment.hash { return path }
    }
    return nil
  }

  private static func hash(of file: DamagedFile) -> ContentHash? {
    var digest = StreamedHash()
    var offset = 0
    while offset < file.byteCount {
      let count = min(1 << 20, file.byteCount - offset)
      guard let bytes = file.read(ValuePlace(offset: offset, count: count)) else { return nil }
      digest.append(bytes)
      offset += count
    }
    return digest.hash
  }
}
