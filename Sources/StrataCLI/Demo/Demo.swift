import ArgumentParser
import Documents
import FileSystem
import Glibc
import SchemaModel
import Workflows

struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Plays the main job on a small history that ships with Strata.",
    discussion: """
      Records a history of SQL migrations, asks it, truncates it with its folder, makes a database \
      from the baseline and verifies everything; then the same with Alembic where python3 has it. \
      Each command is printed before its output.

      Example:
        strata demo --keep /tmp/strata-demo
      """)

  @Option(help: ArgumentHelp("Play in this new folder, and leave it there.", valueName: "dir"))
  var keep: String?

  func run() throws {
    let folder = try place()
    guard chdir(folder) == 0 else {
      throw WorkflowError.engine(
        "expected to enter \(folder), found: \(String(cString: strerror(errno)))")
    }
    setenv("STRATA_AUTHOR", "Ada <ada@example.org>", 1)
    unsetenv("STRATA_STORE")
    let session = DemoSession()
    try playSQL(session)
    try playAlembic(session)
    if let keep { Console.print(["", "Everything is still in \(keep)"]) }
  }

  private func place() throws -> String {
    guard let keep else { return try TemporaryFolder("demo").path }
    guard Files.names(in: keep).isEmpty, Files.isDirectory(keep) || !Files.exists(keep) else {
      throw WorkflowError.refused(
        "expected a new or empty folder, found files in \(keep); name another")
    }
    try Files.makeDirectory(keep)
    return Files.absolute(keep)
  }

  private func playSQL(_ session: DemoSession) throws {
    session.say("A folder of 8 SQL migrations: renames, a trigger, partial indexes, rows")
    try Files.makeDirectory("migrations")
    for migration in DemoSQLHistory.migrations {
      try Files.write(Array((migration.sql + "\n").utf8), to: "migrations/\(migration.name)")
    }
    session.commitToGit()
    try session.strata(["init"])
    try session.strata(["import", "sql", "migrations"])
    try session.strata(["log", "--graph"])
    session.say("The schema as it was, and who made it what it is")
    try session.strata(["schema", "posts", "--at", "003"])
    try session.strata(["blame", "people"])
    try session.strata(["diff", "003", "005"])
    session.say("Five revisions become one baseline; the folder follows")
    try session.strata(["truncate", "005", "--sql", "migrations", "--reason", "demo"])
    try session.shell("ls migrations")
    session.say("The past is still there, and a new database needs the baseline only")
    try session.strata(["blame", "people.email"])
    try session.strata(["baseline", "head", "--data", "--into", "sqlite:///app.db"])
    try session.strata(["verify", "--full"])
    try session.strata(["restore"])
    try session.shell("ls migrations")
  }

  private func playAlembic(_ session: DemoSession) throws {
    guard session.hasAlembic else {
      session.say("python3 has no Alembic here: that part of the demo is left out")
      return
    }
    session.say(
      "The same with Alembic: a branch and a merge, run by Alembic itself")
    try Files.makeDirectory("alembic/versions")
    for migration in DemoAlembicHistory.migrations {
      try Files.write(Array(migration.text.utf8), to: "alembic/versions/\(migration.file)")
    }
    setenv("STRATA_STORE", "alembic.strata", 1)
    try session.strata(["init"])
    try session.strata(["import", "alembic", "alembic/versions"])
    try session.strata(["log", "--graph"])
    try session.strata([
      "truncate", "d001", "--alembic", "alembic/versions", "--reason", "demo",
    ])
    try session.shell("ls alembic/versions")
    try session.strata(["baseline", "head", "--data", "--into", "sqlite:///alembic.db"])
    try session.strata(["verify", "--full"])
    try session.strata(["restore"])
    try session.shell("ls alembic/versions")
  }
}
