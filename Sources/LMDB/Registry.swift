internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file, whatever path leads to it; it keeps its number as long as anybody has it open.
struct FileIdentity: Hashable, Sendable {
  var device: UInt64
  var number: UInt64

  /// Nil where there is no such file.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
  }
}

/// The environments that are open in this process, by their data file.
final class Registry: @unchecked Sendable {
  static let shared = Registry()

  private final class Weak {
    weak var environment: Environment?
    init(_ environment: Environment) { self.environment = environment }
  }

  private enum Lookup {
    case opened(Environment)
    case known(Environment)
    /// The last reference is gone, but the file is not closed yet.
    case closing
    /// Another folder was put in the place of this one meanwhile.
    case moved
  }

  private let lock = Lock()
  /// Few, and no dictionary: its type is made at its first use, by a scan of all conformances, which
  /// a short command would notice.
  private var environments: [(identity: FileIdentity, known: Weak)] = []

  func open(path: String, options: Environment.Options) throws -> Environment {
    while true {
      // An environment must not lose its last reference inside the lock: `close` takes it too.
      switch try lock.withLock({ try lookUp(path, options) }) {
      case .opened(let environment):
        try environment.checkLength()
        return environment
      case .known(let environment):
        guard options.isReadOnly || !environment.options.isReadOnly else {
          throw LMDBError(
            code: EBUSY, action: "open \(path) for writing: this process reads it already")
        }
        return environment
      case .closing, .moved:
        usleep(100)
      }
    }
  }

  func close(_ environment: Environment) {
    lock.withLock {
      mdb_env_close(environment.handle)
      environments.removeAll { $0.identity == environment.identity }
    }
  }

  private func lookUp(_ path: String, _ options: Environment.Options) throws -> Lookup {
    let folder = options.isSingleFile ? -1 : Self.openFolder(path)
    defer { if folder >= 0 { Self.closeFolder(folder) } }
    let place = Self.place(of: folder, at: path)
    let file = options.isSingleFile ? path : place + "/data.mdb"
    if let identity = FileIdentity(path: file),
      let found = environments.first(where: { $0.identity == identity })
    {
      return found.known.environment.map(Lookup.known) ?? .closing
    }
    try DataFile.check(options.isSingleFile ? path : path + "/data.mdb")
    // A folder that was exchanged for another is removed; it may be gone in part.
    func isStillThere() -> Bool {
      folder < 0 || FileIdentity(path: place) == FileIdentity(path: path)
    }
    let handle: OpaquePointer
    do throws(LMDBError) {
      handle = try Self.openHandle(path, at: place, options)
    } catch {
      guard isStillThere() else { return .moved }
      throw error
    }
    guard isStillThere() else {
      mdb_env_close(handle)
      return .moved
    }
    guard let identity = FileIdentity(path: file) else {
      mdb_env_close(handle)
      throw LMDBError(code: ENOENT, action: "open \(path)")
    }
    let environment = Environment(
      path: path, options: options, handle: handle, identity: identity)
    environments.append((identity, Weak(environment)))
    return .opened(environment)
  }

  /// A path that leads to the open folder whatever is put in its place meanwhile.
  ///
  /// LMDB opens the lock file and then the data file, by the folder's path. Where somebody exchanges
  /// the folder between the two, the lock's last transaction is the other log's: a writer would
  /// begin from a state that is not the last, and what came after it would be lost.
  private static func place(of folder: Int32, at path: String) -> String {
    let place = "/proc/self/fd/\(folder)"
    // Without /proc, the folder's own name has to do.
    return folder >= 0 && FileIdentity(path: place) != nil ? place : path
  }

  private static func openFolder(_ path: String) -> Int32 {
    #if canImport(Glibc)
      Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #else
      Darwin.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #endif
  }

  private static func closeFolder(_ folder: Int32) {
    #if canImport(Glibc)
      _ = Glibc.close(folder)
    #else
      _ = Darwin.close(folder)
    #endif
  }

  /// With less address space than the map is to have (`ulimit -v`), a smaller one does for most logs.
  private static let smallerMapSizes = [1 << 30, 1 << 26]

  private static func openHandle(
    _ path: String, at place: String, _ options: Environment.Options
  ) throws(LMDBError) -> OpaquePointer {
    if options.usesLock {
      try LockFile.allocate(
        options.isSingleFile ? place + "-lock" : place + "/lock.mdb", maxReaders: options.maxReaders
      )
    }
    var options = options
    while true {
      do throws(LMDBError) {
        return try openMap(path, at: place, options)
      } catch {
        guard error.isOutOfMemory,
          let smaller = smallerMapSizes.first(where: { $0 < options.mapSizeBytes })
        else { throw error }
        options.mapSizeBytes = smaller
      }
    }
  }

  private static func openMap(
    _ path: String, at place: String, _ options: Environment.Options
  ) throws(LMDBError) -> OpaquePointer {
    var created: OpaquePointer?
    try check(mdb_env_create(&created), "open \(path)")
    guard let handle = created else { throw LMDBError(code: ENOMEM, action: "open \(path)") }
    // It would print its own source line first.
    mdb_env_set_assert(handle) { _, _ in abort() }
    var flags = UInt32(MDB_NOTLS)
    if options.isReadOnly { flags |= UInt32(MDB_RDONLY) }
    if options.isSingleFile { flags |= UInt32(MDB_NOSUBDIR) }
    if !options.usesLock { flags |= UInt32(MDB_NOLOCK) }
    var code = mdb_env_set_mapsize(handle, options.mapSizeBytes)
    if code == 0 { code = mdb_env_set_maxdbs(handle, options.maxDatabases) }
    if code == 0 { code = mdb_env_set_maxreaders(handle, options.maxReaders) }
    if code == 0 { code = mdb_env_open(handle, place, flags, 0o666) }
    if code == 0, options.usesLock {
      // Readers that were killed would keep their pages for ever.
      var dead: Int32 = 0
      code = mdb_reader_check(handle, &dead)
    }
    if code != 0 {
      mdb_env_close(handle)
      throw LMDBError(code: code, action: "open \(path)")
    }
    return handle
  }
}
