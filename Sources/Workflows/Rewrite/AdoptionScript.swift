import FileSystem
import SchemaModel

/// The file that `--adopt-script` names.
struct AdoptionScript {
  let path: String

  /// A script beside the migrations would be the next one, and what is there is somebody's.
  /// - Parameter directory: the migrations folder.
  func check(besides directory: String) throws {
    guard Files.isPath(path) else { throw WorkflowError.notAPath(path) }
    guard !Files.exists(path), !Files.isLink(path) else {
      throw WorkflowError.refused(
        "expected a new file for the adoption script, found that \(path) is there; nothing was "
          + "changed. Name another one with --adopt-script")
    }
    let parent = Files.parent(of: Files.standardized(path)) ?? "/"
    let folders = [parent, Files.real(parent) ?? parent].map { $0 + "/" }
    let migrations = [directory, Files.real(directory) ?? directory].map {
      Files.standardized($0) + "/"
    }
    guard !folders.contains(where: { inner in migrations.contains(where: inner.hasPrefix) }) else {
      throw WorkflowError.refused(
        "expected a place outside of the migrations for the adoption script, found \(path) among them, "
          + "where it would be the next one; nothing was changed. Name another one with "
          + "--adopt-script")
    }
  }

  /// It is there before anything is changed, and not there if nothing is.
  /// - Parameter file: nil where none was asked for.
  static func write(
    _ text: String?, to file: AdoptionScript?, _ change: () throws -> Void
  ) throws {
    guard let text, let path = file?.path else { return try change() }
    try Files.write(Array(text.utf8), to: path)
    do {
      try change()
    } catch {
      Files.removeTree(path)
      throw error
    }
  }
}
