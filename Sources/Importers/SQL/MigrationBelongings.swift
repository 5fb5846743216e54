internal import FileSystem
public import SchemaModel

extension SQLFolder {
  /// Files that are there for one migration alone, relative to the folder: the script that undoes it,
  /// its settings, and where it has a folder of its own, all that is in that. Without the migration
  /// itself; none for a revision that the folder does not hold.
  public func belongings(of id: RevisionID) -> [String] {
    guard let file = files[id] else { return [] }
    var paths: Set<ExactText> = Set(companions(of: id))
    if let down = file.downPath { paths.insert(down) }
    if let own = file.ownFolder {
      paths.formUnion(Files.tree(path + "/" + own).map { own + "/" + $0 })
    }
    paths.remove(file.upPath)
    return paths.sorted().texts
  }

  /// The files among them that a baseline in the place of the migration has no use for: settings, and
  /// further undo scripts.
  public func companions(of id: RevisionID) -> [String] {
    let file = files[id]
    return ((file?.settingPaths ?? []) + (file?.companions ?? [])).filter {
      Files.isFile(path + "/" + $0)
    }
  }

  /// Baselines of the folder's own (Flyway's) that stand for no more than the migrations up to this one,
  /// with their settings.
  public func baselines(upTo id: RevisionID) -> [String] {
    guard let last = files[id], !last.isLast else { return [] }
    return leftBaselines.filter { !(last.order < $0.order) }
      .flatMap { [$0.upPath] + $0.settingPaths }.filter { Files.isFile(path + "/" + $0) }
  }

  /// The script that undoes a migration, relative to the folder.
  public func undoScript(of id: RevisionID) -> String? { files[id]?.downPath }

  /// What must stand beside a migration of this text so that its tool takes it as it is.
  /// - Returns: files by their paths; empty where nothing is needed.
  public func settings(for text: String, at path: String) -> [String: String] {
    layout == .flyway && text.contains("${")
      ? [path + ".conf": "placeholderReplacement=false\n"] : [:]
  }
}
