#if canImport(Glibc)
  public import Glibc
#else
  public import Darwin
#endif

extension Files {
  /// Makes the folder and those above it; one that is there stays.
  /// - Throws: `FileError`; what was made on the way stays.
  public static func makeDirectory(_ path: String, mode: mode_t = 0o777) throws(FileError) {
    if path.isEmpty || isDirectory(path) { return }
    if let parent = parent(of: path) { try makeDirectory(parent, mode: mode) }
    guard mkdir(path, mode) == 0 || errno == EEXIST && isDirectory(path) else {
      throw FileError("to make the folder", path)
    }
  }

  /// Makes a folder of a name that nobody has, only for this user.
  /// - Parameter prefix: the path up to the six characters that chance adds.
  /// - Throws: `FileError`.
  public static func makeUniqueDirectory(_ prefix: String) throws(FileError) -> String {
    var template = Array("\(prefix)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError("to make the folder", prefix) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Where temporary files go: `$TMPDIR`, or `/tmp` where that names nothing; without a slash at its
  /// end. It need not be a folder: whoever makes something in it is told so, and nothing goes elsewhere
  /// unasked.
  public static var temporaryDirectory: String {
    temporaryDirectory(named: getenv("TMPDIR").map { String(cString: $0) })
  }

  /// - Parameter name: the value of `$TMPDIR`; nil where it is not set.
  static func temporaryDirectory(named name: String?) -> String {
    guard let name, !name.isEmpty else { return "/tmp" }
    return name.count > 1 && name.hasSuffix("/") ? String(name.dropLast()) : name
  }

  /// The names in a folder, sorted; empty where it cannot be read.
  public static func names(in directory: String) -> [String] {
    (try? contents(of: directory)) ?? []
  }

  /// The names in a folder, sorted.
  /// - Throws: `FileError` where there is no folder, or it cannot be read.
  public static func contents(of directory: String) throws(FileError) -> [String] {
    guard let stream = opendir(directory) else {
      throw FileError("a readable folder", directory)
    }
    return entries(of: stream).map { String(cString: $0) }.sorted()
  }

  /// The names in an open folder, sorted; empty where it cannot be read.
  public static func names(in folder: Int32) -> [String] {
    entries(in: folder).map { String(cString: $0) }.sorted()
  }

  /// The bytes of each name, with the NUL at their end: a name need not be UTF-8.
  private static func entries(in folder: Int32) -> [[CChar]] {
    // The stream takes its descriptor with it, and one of its own begins at the first entry.
    let own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard own >= 0 else { return [] }
    guard let stream = fdopendir(own) else {
      close(own)
      return []
    }
    return entries(of: stream)
  }

  #if canImport(Glibc)
    private typealias DirectoryStream = OpaquePointer
  #else
    private typealias DirectoryStream = UnsafeMutablePointer<DIR>
  #endif

  private static func entries(of stream: DirectoryStream) -> [[CChar]] {
    defer { closedir(stream) }
    var names: [[CChar]] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
      }
      let dot = CChar(bitPattern: UInt8(ascii: "."))
      if name != [dot], name != [dot, dot] { names.append(name + [0]) }
    }
    return names
  }

  /// Every file below a folder, relative to it; what a link leads to counts as being there.
  public static func tree(_ directory: String, below prefix: String = "") -> [String] {
    names(in: prefix.isEmpty ? directory : "\(directory)/\(prefix)").flatMap { name in
      let relative = prefix.isEmpty ? name : "\(prefix)/\(name)"
      return isDirectory("\(directory)/\(relative)")
        ? tree(directory, below: relative) : [relative]
    }
  }

  /// Every folder below a folder in which nothing is, relative to it.
  public static func emptyFolders(
    in directory: String, below prefix: String = ""
  ) -> [String] {
    names(in: prefix.isEmpty ? directory : "\(directory)/\(prefix)").flatMap { name -> [String] in
      let relative = prefix.isEmpty ? name : "\(prefix)/\(name)"
      let whole = "\(directory)/\(relative)"
      guard isDirectory(whole), !isLink(whole) else { return [] }
      return names(in: whole).isEmpty
        ? [relative] : emptyFolders(in: directory, below: relative)
    }
  }

  /// Removes a file, a link or a folder with all that is in it, as far as the system lets us. No link
  /// is followed.
  public static func removeTree(_ path: String) {
    removeTree(path, in: FileWriter.workingDirectory)
  }

  /// The same for a name in an open folder.
  public static func removeTree(_ name: String, in folder: Int32) {
    removeTree(Array(name.utf8CString), in: folder)
  }

  private static func removeTree(_ name: [CChar], in folder: Int32) {
    if unlinkat(folder, name, 0) == 0 { return }
    let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard inner >= 0 else { return }
    defer { close(inner) }
    for name in entries(in: inner) { removeTree(name, in: inner) }
    unlinkat(folder, name, AT_REMOVEDIR)
  }
}
