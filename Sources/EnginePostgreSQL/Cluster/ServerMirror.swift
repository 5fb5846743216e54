internal import SchemaModel
internal import FileSystem

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A copy of the server's program among links to its other files, in which the control files of
/// harmless extensions say that whoever owns a database may create them.
///
/// Managed services let their users create most extensions; PostgreSQL itself only those few whose
/// control files say `trusted`. It looks for these files beside its own program, so that a copied
/// program finds the copied ones; their scripts and libraries stay where they are.
struct ServerMirror {
  /// The folder of the copied program.
  let programFolder: String
  private let root: String
  private let prefix: String
  /// What the server reads outside of the mirror, beside the system's own folders.
  let sources: [String]

  /// The one in a data folder; nil where there is none.
  init?(of programs: ServerPrograms, in data: String) {
    guard let layout = ServerLayout(programs.folder) else { return nil }
    root = data + "/" + Self.folder
    prefix = layout.prefix
    programFolder = root + layout.below(layout.programs)
    sources = [layout.programs, layout.share, layout.library, layout.prefix].filter { $0 != "/" }
    guard access(programFolder + "/postgres", F_OK) == 0 else { return nil }
  }

  private static let folder = "strata_server"

  /// Makes it in a data folder, with which it is copied; does nothing where the server's files do not
  /// lie as they usually do, which leaves the trusted extensions that PostgreSQL itself knows.
  static func make(of programs: ServerPrograms, in data: String, _ user: ServerUser) {
    guard let layout = ServerLayout(programs.folder) else { return }
    let root = data + "/" + folder
    do {
      try link(layout, root)
      try copyControlFiles(layout, root)
      if user.other != nil {
        try Subprogram.output("/bin/chown", ["-hR", "\(user.user):\(user.group)", root])
      }
      let target = root + layout.below(layout.programs) + "/postgres"
      try Subprogram.output("/bin/cp", [layout.programs + "/postgres", target], as: user)
    } catch {
      Files.removeTree(root)
    }
  }

  /// Another one where other files are installed.
  static func stamp(of programs: ServerPrograms) -> String {
    let layout = ServerLayout(programs.folder)
    var text = programs.folder
    for path in [programs.folder + "/postgres", layout?.extensions ?? "/"] {
      var information = stat()
      _ = stat(path, &information)
      #if canImport(Glibc)
        let changed = information.st_mtim
      #else
        let changed = information.st_mtimespec
      #endif
      text += " \(changed.tv_sec).\(changed.tv_nsec)"
    }
    // FNV-1a: a name, no proof.
    let hash = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    return ProcessMark.hexadecimal(hash)
  }

  /// A text of the server's with the places of the files themselves.
  func original(_ text: String) -> String {
    text.split(separator: root, omittingEmptySubsequences: false).joined(separator: prefix)
  }

  /// Folders on the way to what is copied are made; whatever else is in them becomes a link.
  private static func link(_ layout: ServerLayout, _ root: String) throws {
    let made = [layout.programs, layout.extensions]
    for target in made {
      try Files.makeDirectory(root + layout.below(target))
      var source = target
      while source != layout.prefix, let slash = source.lastIndex(of: "/") {
        source = String(source[..<slash])
        // Of the system's own folders nothing is needed but what is named.
        if ["", "/usr", "/usr/lib", "/usr/lib64", "/usr/share"].contains(source) { continue }
        for name in try Files.contents(of: source) {
          let path = source + "/" + name
          if made.contains(where: { $0 == path || $0.hasPrefix(path + "/") }) { continue }
          try link(path, root + layout.below(path))
        }
        if source == layout.prefix { break }
      }
    }
    try link(layout.library, root + layout.below(layout.library))
  }

  private static func link(_ source: String, _ target: String) throws {
    guard symlink(source, target) != 0, errno != EEXIST else { return }
    let parent = String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)])
    try Files.makeDirectory(parent)
    guard symlink(source, target) == 0 || errno == EEXIST else {
      throw Subprogram.Failure(description: "cannot link \(target)")
    }
  }

  private static func copyControlFiles(_ layout: ServerLayout, _ root: String) throws {
    let target = root + layout.below(layout.extensions)
    for file in try Files.contents(of: layout.extensions)
    where file.hasSuffix(".control") {
      let name = String(file.dropLast(".control".count))
      // Those of single versions stay with their scripts.
      if name.contains("--") { continue }
      let text = String(decoding: try Files.read(layout.extensions + "/" + file), as: UTF8.self)
      try FileWriter.create(
        target + "/" + file, Array(Self.control(text, of: name, layout).utf8))
    }
  }

  /// The text of a control file with where its scripts are; the last value of a name counts.
  static func control(_ text: String, of name: String, _ layout: ServerLayout) -> String {
    var folder = layout.extensions
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].filter({ !$0.isWhitespace }) == "directory" else { continue }
      let pieces = parts[1].split(separator: "'", omittingEmptySubsequences: false)
      guard pieces.count > 2, !pieces[1].isEmpty else { continue }
      folder = pieces[1].hasPrefix("/") ? String(pieces[1]) : layout.share + "/" + pieces[1]
    }
    var text = text + "\ndirectory = '\(folder)'\n"
    if HarmlessExtensions.names.contains(name) { text += "trusted = true\n" }
    return text
  }
}

/// Where the files of a server lie.
struct ServerLayout {
  let programs: String
  let share: String
  let library: String
  /// The folder that all three are in; empty for the root.
  let prefix: String

  var extensions: String { share + "/extension" }

  /// The path below the prefix, from its slash on.
  func below(_ path: String) -> String { String(path.dropFirst(prefix.count)) }

  init?(_ programs: String) {
    var shares: [String] = []
    var libraries: [String] = []
    if programs.hasSuffix("/bin") {
      let root = String(programs.dropLast("/bin".count))
      let parts = root.split(separator: "/", omittingEmptySubsequences: false)
      if let lib = parts.lastIndex(of: "lib") {
        shares.append((parts[..<lib] + ["share"] + parts[(lib + 1)...]).joined(separator: "/"))
      }
      shares += ["/share/postgresql", "/share/pgsql", "/share"].map { root + $0 }
      libraries += ["/lib/postgresql", "/lib64/pgsql", "/lib/pgsql", "/lib", "/lib64"].map {
        root + $0
      }
    }
    guard let share = shares.first(where: { access($0 + "/postgres.bki", R_OK) == 0 }),
      let library = libraries.first(where: { access($0 + "/plpgsql.so", R_OK) == 0 })
    else { return nil }
    (self.programs, self.share, self.library) = (programs, share, library)
    let paths = [programs, share, library].map {
      $0.split(separator: "/", omittingEmptySubsequences: false)
    }
    var common = paths[0][...]
    for path in paths {
      common = common.prefix(zip(common, path).prefix { $0 == $1 }.count)
    }
    prefix = common.joined(separator: "/")
  }
}
