import FileSystem
import Importers
public import SchemaHistory
import SchemaModel

extension MigrationsSource {
  /// The folder that the history's settings name; nil where they name none.
  /// - Parameter isRewritten: whether files there are to be changed: then only a folder will do that the
  ///   user has named for this store before, on this machine.
  /// - Throws: `WorkflowError.refused` where the settings cannot be read, or name what only the user
  ///   may; `FolderError` where the folder is not there.
  public static func remembered(
    of history: History, _ place: UserMemory.Place, isRewritten: Bool = false
  ) throws -> MigrationsSource? {
    let store = history.directory
    guard let settings = try ProjectSettings.read(store),
      let written = settings.alembic ?? settings.sql
    else { return nil }
    let path = ProjectSettings.opened(written, store)
    let source: MigrationsSource =
      settings.alembic != nil
      ? .alembic(path, AlembicSettings(section: settings.section))
      : .sql(
        path,
        SQLSettings(
          definitions: try SettingsPairs.read(settings.definitions, of: "define"),
          enforcesForeignKeys: settings.enforcesForeignKeys))
    let isKnown = place.memory(of: store).knows(folder: try source.root())
    guard isKnown || (!isRewritten && ProjectSettings.isNeighbour(written, store)) else {
      let option = settings.alembic != nil ? "alembic" : "sql"
      throw WorkflowError.refused(
        "\(ProjectSettings.path(store)) names the folder \(written), which you have not named for this "
          + "store before; nothing was changed. "
          + (isRewritten
            ? "Name it (--\(option) \(written.asShellWord)), or leave files alone with --no-folder"
            : "Name it once: `strata import \(option) \(path.asShellWord)`"))
    }
    return source
  }

  /// The same by the path that a user who stands in `folder` would write.
  public func named(from folder: String) -> MigrationsSource {
    func short(_ path: String) -> String {
      let prefix = folder == "/" ? "/" : folder + "/"
      return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    }
    return switch self {
    case .alembic(let path, let settings): .alembic(short(path), settings)
    case .sql(let path, let settings): .sql(short(path), settings)
    }
  }

  /// Whether authors are git's, as the settings of a history say.
  public static func takesAuthorsFromGit(_ history: History) throws -> Bool {
    try ProjectSettings.read(history.directory)?.takesAuthorsFromGit ?? true
  }
}

/// Names with their values, as `NAME=VALUE`.
public enum SettingsPairs {
  /// - Throws: `.input` for one without a name.
  public static func read(
    _ texts: [String], of option: String, example: String? = nil
  ) throws -> [String: String] {
    var values: [String: String] = [:]
    for text in texts {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw WorkflowError.input(
          "expected NAME=VALUE after \(option), found '\(text)'"
            + (example.map { "; try \(option) \($0)" } ?? ""))
      }
      values[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return values
  }
}

extension AlembicSettings {
  /// Remembers these for the next run. What names programs of this machine alone stays the user's.
  func remember(
    _ folder: String, of history: History, takesAuthorsFromGit: Bool, _ place: UserMemory.Place
  ) -> String? {
    let store = history.directory
    func absolute(_ path: String) -> String {
      // A bare name is looked up on the PATH.
      path.contains("/") ? Files.standardized(path) : path
    }
    func shared(_ path: String) -> String? {
      let written = ProjectSettings.written(path, store)
      return path.contains("/") && !written.hasPrefix("/") ? written : nil
    }
    var next = (try? ProjectSettings.read(store)) ?? ProjectSettings()
    next.alembic = ProjectSettings.written(folder, store)
    next.sql = nil
    next.section = section
    next.usesEnv = usesEnv
    next.database = database
    next.namingConvention = namingConvention
    next.isTransactionPerMigration = isTransactionPerMigration
    next.takesAuthorsFromGit = takesAuthorsFromGit
    next.python = python.flatMap(shared)
    next.paths = paths.compactMap(shared)
    next.arguments = arguments
    next.application = application
    defer { remember(in: store, place, absolute) }
    return next.write(store)
  }

  private func remember(
    in store: String, _ place: UserMemory.Place, _ absolute: (String) -> String
  ) {
    place.update(of: store) {
      $0.python = python.map(absolute)
      $0.paths = paths.map(absolute)
      $0.arguments = arguments
      $0.application = application
    }
  }
}

extension SQLSettings {
  /// The one that is said, else the one that was said before, unless the files shall tell it.
  func layout(of history: History) throws -> SQLLayout? {
    if guessesLayout { return nil }
    return try layout ?? ProjectSettings.read(history.directory)?.layout
  }

  /// Remembers what was said for the next run.
  /// - Parameter folder: as it was named; nil where only its layout is to be remembered.
  /// - Returns: why it cannot be; nil where it is.
  @discardableResult
  func remember(_ folder: String? = nil, in history: History) -> String? {
    let store = history.directory
    var next = (try? ProjectSettings.read(store)) ?? ProjectSettings()
    if let folder {
      next.sql = ProjectSettings.written(folder, store)
      next.alembic = nil
    }
    if layout != nil || guessesLayout { next.layout = guessesLayout ? nil : layout }
    if let enforcesForeignKeys { next.enforcesForeignKeys = enforcesForeignKeys }
    return next.write(store)
  }
}
