import FileSystem
import SchemaModel

/// What a store's settings name and only a user may: programs, Python's path, what env.py is given. They
/// are taken where the user has said the same for this store before, on this machine.
struct ProgramTrust {
  let store: String
  let memory: UserMemory
  let settings: ProjectSettings?

  func python() throws -> String? {
    guard let written = settings?.python else { return memory.python }
    return try trusted(
      written.contains("/") ? ProjectSettings.opened(written, store) : written,
      memory.python, "python", written)
  }

  func paths() throws -> [String] {
    guard let written = settings?.paths, !written.isEmpty else { return memory.paths }
    // The user's may be more: those of this machine alone.
    for path in written where !memory.paths.contains(ProjectSettings.opened(path, store)) {
      throw refused("path", path)
    }
    return memory.paths
  }

  func arguments() throws -> [String] {
    guard let written = settings?.arguments, !written.isEmpty else { return memory.arguments ?? [] }
    guard written == memory.arguments else { throw refused("x", written.joined(separator: " -x ")) }
    return written
  }

  func application() throws -> String? {
    guard let written = settings?.application else { return memory.application }
    return try trusted(written, memory.application, "app", written)
  }

  private func trusted(
    _ value: String, _ known: String?, _ option: String, _ written: String
  ) throws -> String {
    guard value == known else { throw refused(option, written) }
    return value
  }

  private func refused(_ option: String, _ value: String) -> WorkflowError {
    let dashes = option.count == 1 ? "-" : "--"
    return .refused(
      "\(ProjectSettings.path(store)) names what would be run (\(option) = \(value)), which you have not "
        + "named for this store before; nothing was run. Say it once: \(dashes)\(option) "
        + "\(value.asShellWord)")
  }
}
