import Foundation
import Testing

@Suite("A program that uses the workflows")
struct ProgramTests {
  private static var program: URL {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "WorkflowProgram")
  }

  @Test("Nothing is written to standard output or error, whatever the workflows have to say")
  func silence() throws {
    let folder = try TestFolder()
    // A row that varies gives a question, a file that changes a warning.
    try folder.writeMigrations("INSERT INTO roles VALUES (hex(randomblob(16)))")
    try folder.write(
      """
      from alembic import op
      import sqlalchemy as sa
      revision = 'a1'
      down_revision = None

      def upgrade():
          print('a migration that prints')
          op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))

      """, to: "versions/a1_users.py")
    let process = Process()
    process.executableURL = Self.program
    process.arguments = [folder.path] + [AlembicPython.path].compactMap { $0 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text == "")
    #expect(process.terminationStatus == 0)
    #expect(try folder.names(".").contains("app.db"))
  }
}
