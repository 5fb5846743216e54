import Foundation

/// How a folder was imported last: a convenience beside the log, for running it the same way again.
/// Losing the file loses only that.
struct RememberedImport: Codable {
  var python: String?
  var paths: [String]
  var usesEnv: Bool
  var namingConvention: String?
  var isTransactionPerMigration: Bool

  private static func path(_ store: String) -> String { store + "/import.json" }

  static func read(_ store: String) -> RememberedImport? {
    FileManager.default.contents(atPath: path(store)).flatMap {
      try? JSONDecoder().decode(RememberedImport.self, from: $0)
    }
  }

  func write(_ store: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return }
    try? data.write(to: URL(fileURLWithPath: Self.path(store)), options: .atomic)
  }
}

extension AlembicArguments {
  /// What is to be remembered of these, with paths that hold from any working directory.
  var toRemember: RememberedImport {
    func absolute(_ path: String) -> String {
      // A bare name is looked up on the PATH.
      path.contains("/") ? URL(fileURLWithPath: path).standardizedFileURL.path : path
    }
    return RememberedImport(
      python: python.map(absolute), paths: paths.map(absolute), usesEnv: env,
      namingConvention: namingConvention, isTransactionPerMigration: transactionPerMigration)
  }
}
