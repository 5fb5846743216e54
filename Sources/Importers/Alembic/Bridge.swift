import AlembicBridge
import FileSystem
import Glibc
import SchemaModel

/// The Python program that reads and steps Alembic, started when it is first needed and kept.
public final class Bridge {
  let python: PythonInterpreter
  /// How long one answer may take: one revision, one folder.
  let limit: Duration?
  /// Of the environment, beside those that the program is started with.
  private let variables: [String: String]
  private var process: Subprocess?
  private var folder: String?

  /// - Parameter limit: nil for no limit.
  public init(
    python: PythonInterpreter, limit: Duration? = nil, variables: [String: String] = [:]
  ) {
    self.python = python
    self.limit = limit
    self.variables = variables
  }

  deinit { close() }

  /// Whether Python has been started at all.
  public var isRunning: Bool { process != nil }

  /// Ends the program, if it runs.
  public func close() {
    process?.finish()
    process = nil
    removeProgram()
  }

  private func removeProgram() {
    if let folder { Files.removeTree(folder) }
    folder = nil
  }

  func send(_ request: BridgeRequest, during id: RevisionID? = nil) throws {
    let process = try started()
    try translating(id) { try process.write(try request.line(), limit: limit) }
  }

  /// - Throws: `ImportError` for an `error` reply, too.
  func receive(during id: RevisionID? = nil, file: String? = nil) throws -> BridgeReply {
    let process = try started()
    let line = try translating(id, file: file) { try process.readLine(limit: limit) }
    let isFirst = folder != nil
    guard let line else {
      let why = process.ended().description
      abandon()
      if isFirst, let error = python.isNone(why) { throw error }
      throw ImportError.bridgeEnded(during: id, why: why, python: python.description)
    }
    // It has been read: nothing of it stays behind if we are killed.
    removeProgram()
    guard let reply = try? BridgeReply(line: line) else {
      if isFirst, let error = python.isNone() {
        abandon()
        throw error
      }
      throw unexpected("a reply", found: String(decoding: line.prefix(200), as: UTF8.self))
    }
    guard reply.reply == "error" else { return reply }
    let message = reply.message ?? "no message"
    if reply.code == "several-databases" {
      throw ImportError.severalDatabases(
        environment: reply.environment ?? "env.py", names: reply.names ?? [], message: message)
    }
    if reply.code == "missing-package" {
      throw ImportError.missingPackage(
        package: reply.package ?? "alembic", python: python.description, message: message)
    }
    throw ImportError.refused(
      code: reply.code ?? "unknown", message: message, python: python.description)
  }

  /// An answer out of turn: the conversation is lost, so the program is let go.
  func unexpected(_ expected: String, found: String) -> ImportError {
    abandon()
    return .bridgeAnswer(expected: expected, found: found, python: python.description)
  }

  private func abandon() {
    process?.terminate()
    close()
  }

  private func started() throws -> Subprocess {
    if let process { return process }
    let folder = try TemporaryFolder.makeDirectory("strata-bridge-")
    self.folder = folder
    let program = folder + "/" + BridgeProgram.name
    try Files.makeDirectory(program + "/walls")
    for file in BridgeProgram.files {
      try FileWriter.create("\(program)/\(file.path)", Array(file.bytes))
    }
    do {
      // The user's folders are read, not written: no __pycache__ in them. A history must not depend
      // on the order of a Python set.
      let process = try Subprocess(
        python.executable, [program],
        environment: variables.merging(
          ["PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"]) { _, ours in ours })
      self.process = process
      return process
    } catch SubprocessError.cannotStart(_, let reason) {
      close()
      throw ImportError.noPython(tried: python.description, reason: reason)
    }
  }

  private func translating<Result>(
    _ id: RevisionID?, file: String? = nil, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch SubprocessError.timedOut(_, let limit, _) {
      abandon()
      throw ImportError.timedOut(id: id, file: file, seconds: Int(limit.components.seconds))
    } catch let ended as SubprocessError {
      let isFirst = folder != nil
      abandon()
      if isFirst, let error = python.isNone(ended.description) { throw error }
      throw ImportError.bridgeEnded(
        during: id, why: ended.description, python: python.description)
    }
  }
}
