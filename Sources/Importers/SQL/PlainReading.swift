import SchemaModel

extension LayoutReader {
  /// Every SQL file is a migration, but for those whose names say that they undo one.
  mutating func readPlain() throws(FolderError) {
    var ups: [PlainName] = []
    var undos: [PlainName] = []
    var doubtful: [PlainName] = []
    for path in try names() where path.lowercased().hasSuffix(".sql") {
      guard try isMigration(path) else { continue }
      let name = PlainName(path)
      switch name.undoes {
      // What was recorded as a migration once stays one.
      case .nothing: ups.append(name)
      case _ where recorded.contains(path): ups.append(PlainName(path, undoes: .nothing))
      case .surely: undos.append(name)
      case .perhaps: doubtful.append(name)
      }
    }
    // `007_slow_down.sql` is a migration, unless there is one that it could undo.
    for name in doubtful {
      if name.isBare || ups.contains(where: { $0.mayBeUndone(by: name) }) {
        undos.append(name)
      } else {
        ups.append(PlainName(name.path, undoes: .nothing))
      }
    }
    for name in ups {
      found.append(
        SQLMigrationFile(
          version: nil, stem: name.stem, title: name.title,
          order: VersionOrder(numbersOf: name.stem), upPath: name.path))
    }
    for undo in undos { assign(undo, ups) }
  }

  private mutating func assign(_ undo: PlainName, _ ups: [PlainName]) {
    // `found` has them in the same order as `ups`.
    let free = ups.indices.filter { found[$0].downPath == nil }
    let index =
      free.first { ups[$0].isNamesake(of: undo) } ?? free.first { ups[$0].mayBeUndone(by: undo) }
    if let index {
      found[index].downPath = undo.path
      undoScripts.append(undo.path)
    } else if let taken = ups.firstIndex(where: { $0.mayBeUndone(by: undo) }) {
      found[taken].companions.append(undo.path)
      leftOut.append((undo.path, "another script undoes the same migration"))
    } else {
      leftOut.append((undo.path, "it undoes a migration that is not there"))
    }
  }
}

/// What the name of a file says that belongs to no tool.
struct PlainName {
  enum Undoing { case nothing, perhaps, surely }

  let path: String
  /// Without extension and without the words that say a direction: `001_create_users`.
  let stem: String
  let undoes: Undoing
  /// Whether there is nothing but a number beside the word of direction.
  var isBare: Bool { stem.allSatisfy { $0.isNumber || "._- ".contains($0) } }

  private static let undoWords: Set = ["down", "downgrade", "revert", "rollback", "undo"]
  private static let doWords: Set = ["do", "up"]

  init(_ path: String) {
    let base = String(path.dropLast(4))
    // `001.undo.users`, `001_users.down`: a word between dots is a mark, and nothing else.
    let parts = base.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let mark = parts.indices.dropFirst().last { index in
      let word = parts[index].lowercased()
      return Self.undoWords.contains(word) || Self.doWords.contains(word)
    }
    if let mark {
      self.init(
        path, stem: Self.joined(parts, without: mark),
        undoes: Self.undoWords.contains(parts[mark].lowercased()) ? .surely : .nothing)
    } else if let stem = Self.withoutUndoWord(base) {
      self.init(path, stem: stem, undoes: .perhaps)
    } else {
      self.init(path, stem: base, undoes: .nothing)
    }
  }

  /// A name whose direction is known otherwise.
  init(_ path: String, undoes: Undoing) {
    self.init(path, stem: String(path.dropLast(4)), undoes: undoes)
  }

  private init(_ path: String, stem: String, undoes: Undoing) {
    self.path = path
    self.stem = stem
    self.undoes = undoes
  }

  /// `001.do.create-users` is `001_create-users`.
  private static func joined(_ parts: [String], without mark: Int) -> String {
    let before = parts[..<mark].joined(separator: ".")
    let after = parts[(mark + 1)...].joined(separator: ".")
    return after.isEmpty ? before : "\(before)_\(after)"
  }

  /// `001_users_down`, `undo-001-users`, `001_rollback_users` without that word; nil without one.
  private static func withoutUndoWord(_ base: String) -> String? {
    let number = base.prefix { $0.isNumber || $0 == "." }
    var words = base.split { "_- ".contains($0) }
    let first = words.firstIndex { $0 != number }
    for index in [words.indices.last, first].compactMap({ $0 })
    where undoWords.contains(words[index].lowercased()) {
      words.remove(at: index)
      return words.joined(separator: "_")
    }
    return nil
  }

  /// `01-users` and `V01 users` are about `users` too.
  var title: String {
    if let parts = VersionedName(stem) { return parts.title }
    let rest = stem.drop { $0.isNumber || $0 == "." }
    guard rest.count < stem.count, let first = rest.first,
      first == "-" || first == " " || first == "_"
    else { return stem }
    return String(rest.dropFirst())
  }

  /// The words of the stem, without one for the direction at their end.
  private var words: [Substring] {
    let words = stem.split { "_- ".contains($0) }
    return words.last.map { Self.doWords.contains($0.lowercased()) } == true
      ? Array(words.dropLast()) : words
  }

  func isNamesake(of other: PlainName) -> Bool { words == other.words }

  /// Whether an undo script is about this migration: by the same name, or by the same number.
  func mayBeUndone(by undo: PlainName) -> Bool {
    if isNamesake(of: undo) { return true }
    guard let number = words.first, number.first?.isNumber == true else { return false }
    return number == undo.words.first
  }
}
