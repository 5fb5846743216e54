import Foundation

/// Runs a program to its end; gives its exit code, and what it wrote to both of its outputs.
func running(
  _ program: String, _ arguments: [String], input: String = "",
  environment: [String: String] = [:]
) throws -> (code: Int32, text: String) {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let (output, script) = (Pipe(), Pipe())
  process.standardOutput = output
  process.standardError = output
  process.standardInput = script
  try process.run()
  try script.fileHandleForWriting.write(contentsOf: Data(input.utf8))
  try script.fileHandleForWriting.close()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (process.terminationStatus, text)
}

/// All that a SQLite file holds, as the product's own program writes it down, in an order of its own;
/// without the tables in which tools keep their place.
func dump(_ file: String) throws -> [String] {
  let text = try running("/usr/bin/env", ["sqlite3", file, ".dump"]).text
  // A statement may have several lines.
  return text.components(separatedBy: ";\n").sorted().filter { line in
    ![
      "schema_migrations", "_sqlx_migrations", "_prisma_migrations", "flyway_schema_history",
      "goose_db_version", "__diesel_schema_migrations", "DELETE FROM sqlite_sequence",
    ].contains { line.contains($0) }
  }
}
