import Foundation

/// The table as the repository keeps it.
enum Results {
  static func write(_ table: String, to path: String) throws {
    let text = """
      # Figures

      Made by `tools/benchmark/run` in one run, release build, medians; what is compared is run in
      turn, so that both sides see the same machine: \(machine()).

      \(table)

      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private static func machine() -> String {
    let cpus = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = cpus.split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    let count = ProcessInfo.processInfo.activeProcessorCount
    return "\(count) cores of \(model ?? "an unknown model"), "
      + ProcessInfo.processInfo.operatingSystemVersionString
  }
}
