import SchemaModel

/// The Python that runs a project's migrations, and why it was chosen.
public struct PythonInterpreter: Hashable, Sendable, CustomStringConvertible {
  /// A path, or a name that PATH leads to.
  public var executable: String
  /// For messages: `--python`, `VIRTUAL_ENV`, ...
  public var origin: String

  public init(executable: String, origin: String) {
    self.executable = executable
    self.origin = origin
  }

  public var description: String { "\(executable), from \(origin)" }

  /// Why it is no Python that can run the bridge, asked of one that has answered nothing; nil for one that
  /// should have.
  /// - Parameter why: how it ended; its last words are told.
  func isNone(_ why: String = "") -> ImportError? {
    let question = "import sys; sys.stdout.write('Python %d.%d' % sys.version_info[:2])"
    guard let process = try? Subprocess(executable, ["-c", question]) else { return nil }
    let told = (try? process.readToEnd(limit: .seconds(20))) ?? []
    process.finish()
    let answer = String(decoding: told.prefix(40), as: UTF8.self)
    let parts =
      answer.split(separator: " ").last?.split(separator: ".").compactMap { Int($0) } ?? []
    guard answer.hasPrefix("Python "), parts.count == 2 else {
      let words = why.split(whereSeparator: \.isNewline).dropFirst()
        .map { $0.trimmingPrefix { $0 == " " } }.joined(separator: " ")
      return .noPython(
        tried: description,
        reason: "expected a Python, found a program that is none"
          + (words.isEmpty ? "" : " (\(VisibleText.line(words)))"))
    }
    guard parts.lexicographicallyPrecedes([3, 8]) else { return nil }
    return .noPython(tried: description, reason: "expected Python 3.8 or newer, found \(answer)")
  }

  /// `explicit`, else the active virtual environment's, else that of a `.venv` or `venv` in the
  /// folder or above it, else `python3` on the PATH.
  public static func choose(explicit: String?, folder: String) -> PythonInterpreter {
    choose(
      explicit: explicit, folder: folder, virtualEnvironment: Environment.current["VIRTUAL_ENV"])
  }

  static func choose(
    explicit: String?, folder: String, virtualEnvironment: String?
  ) -> PythonInterpreter {
    if let explicit { return PythonInterpreter(executable: explicit, origin: "--python") }
    if let virtualEnvironment, !virtualEnvironment.isEmpty {
      let executable = virtualEnvironment + "/bin/python"
      if Disk.isExecutable(executable) {
        return PythonInterpreter(executable: executable, origin: "VIRTUAL_ENV")
      }
    }
    var level = Disk.absolute(folder)
    while true {
      for name in [".venv", "venv"] {
        let executable = "\(level == "/" ? "" : level)/\(name)/bin/python"
        if Disk.isExecutable(executable) {
          return PythonInterpreter(executable: executable, origin: "the folder \(level)/\(name)")
        }
      }
      if level == "/" { break }
      level = Disk.parent(of: level)
    }
    return PythonInterpreter(executable: "python3", origin: "the PATH")
  }
}
