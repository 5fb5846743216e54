import FoundationEssentials
import Testing

/// Commands on servers of two versions.
final class VersionShell {
  private let shell: Shell
  private let folders: [Int: String]

  /// Nil where one of the servers is missing, which is said, so that it is counted.
  init?(_ versions: Int...) throws {
    var folders: [Int: String] = [:]
    for version in versions {
      guard let folder = Self.folder(version) else {
        print("skipped: there is no PostgreSQL \(version) to go on with")
        return nil
      }
      folders[version] = folder
    }
    self.folders = folders
    shell = try Shell()
  }

  private static func folder(_ version: Int) -> String? {
    ["\(Shell.cache)/servers/\(version)/bin", "/usr/lib/postgresql/\(version)/bin"].map {
      URL(filePath: $0).resolvingSymlinksInPath().path
    }.first { FileManager.default.isExecutableFile(atPath: $0 + "/postgres") }
  }

  func write(_ text: String, to name: String) throws {
    let file = shell.work.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data((text + "\n").utf8).write(to: file)
  }

  @discardableResult
  func run(_ command: String, on version: Int? = nil, fails: Bool = false) throws -> String {
    let server = version.flatMap { folders[$0] }.map { "export STRATA_PG_BIN='\($0)'\n" } ?? ""
    let (code, output) = try shell.run(server + command)
    #expect((code != 0) == fails, "\(command): \(output)")
    return output
  }

  func blamesOnlyAge() throws -> Bool {
    try run("strata blame users").split(separator: "\n").filter { $0.contains("004") }
      .allSatisfy { $0.contains("age integer") }
  }
}
