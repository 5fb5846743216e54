public import SchemaModel

/// Why an import stopped while something of another program was running. Every revision before it
/// is recorded; a second run goes on from there.
public enum ImportError: ClassifiedError, Hashable, Sendable, CustomStringConvertible {
  case revisionFailed(RevisionFailure)
  case timedOut(id: RevisionID?, file: String?, seconds: Int)
  /// The interpreter cannot be started, or `--python` names none.
  case noPython(tried: String, reason: String)
  case missingPackage(package: String, python: String, message: String)
  /// What env.py does is several histories.
  case severalDatabases(environment: String, names: [String], message: String)
  /// Alembic itself refuses the folder.
  case refused(code: String, message: String, python: String)
  case bridgeEnded(during: RevisionID?, why: String, python: String)
  case bridgeAnswer(expected: String, found: String, python: String)

  /// What Alembic refuses before anything ran is the folder's fault, all else that of what failed.
  public var fault: FaultKind {
    switch self {
    case .refused(let code, _, _): code == "internal" ? .engine : .input
    case .severalDatabases: .input
    default: .engine
    }
  }

  public var description: String {
    switch self {
    case .revisionFailed(let failure):
      failure.description
    case .timedOut(let id, let file, let seconds):
      if let id {
        "revision \(id)\(file.map { " (\(VisibleText.line($0)))" } ?? "") had not ended after \(seconds) s and was stopped\n"
          + "next: see what it waits for, or give it more time with --timeout"
      } else {
        "Python had not answered after \(seconds) s and was stopped: give it more time with --timeout"
      }
    case .noPython(let tried, let reason):
      "cannot start Python (\(tried)): \(reason); name the interpreter of the project with --python"
    case .missingPackage(let package, let python, let message):
      "Python (\(python)) has no \(package): \(message.quotedInMessage)\n"
        + "next: install it there, or name the interpreter of the project's environment with --python"
    case .severalDatabases(let environment, let names, let message):
      "\(VisibleText.line(environment)) \(message.quotedInMessage): "
        + "\(names.map { VisibleText.line($0) }.joined(separator: ", "))\n"
        + "next: a history is of one database; name it with --database NAME, and give each a store "
        + "of its own with --store"
    case .refused(_, let message, let python):
      "Alembic does not accept the folder: \(message.quotedInMessage) (\(python))"
    case .bridgeEnded(let id, let why, let python):
      "Python ended\(id.map { " in revision \($0)" } ?? "") (\(python)): \(why.quotedInMessage)"
    case .bridgeAnswer(let expected, let found, let python):
      "Python (\(python)) answered out of turn: expected \(expected), found \(found.quotedInMessage)"
    }
  }
}

/// A migration that raised, or a statement that the engine refused.
public struct RevisionFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The revision that failed; its ancestors ran.
  public var id: RevisionID
  /// Relative to the migrations folder.
  public var file: String
  /// What the engine or Python said.
  public var reason: String
  /// The statement that was running, where it is known.
  public var statement: String?
  /// The user's own frames, innermost last: `file:line, in function: code`.
  public var traceback: [String]
  /// What to do, where more is known than to correct the file.
  public var hint: String?
  /// The env.py that failed before the revision began; nil where the migration did.
  public var environment: String?
  /// That it failed here while its descendants were being prepared, if it was recorded already.
  public var isReplay: Bool

  public init(
    id: RevisionID, file: String, reason: String, statement: String? = nil,
    traceback: [String] = [], hint: String? = nil, environment: String? = nil,
    isReplay: Bool = false
  ) {
    self.id = id
    self.file = file
    self.reason = reason
    self.statement = statement
    self.traceback = traceback
    self.hint = hint
    self.environment = environment
    self.isReplay = isReplay
  }

  /// What the engine or Python said, on one line, for the middle of a message.
  public var reasonLine: String {
    reason.split(whereSeparator: \.isNewline)
      .map { $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ") }
      .filter { !$0.isEmpty }.joined(separator: " ")
  }

  public var description: String {
    let what =
      environment.map {
        "\(VisibleText.line($0)) failed before revision \(VisibleText.line(id.text))"
      }
      ?? "revision \(VisibleText.line(id.text)) (\(VisibleText.line(file))) failed"
    var lines = ["\(what): \(reason.quotedInMessage)"]
    if let statement { lines.append("statement: \(statement.quotedInMessage)") }
    if !traceback.isEmpty {
      lines += ["traceback:"] + traceback.map { "  " + $0.quotedInMessage }
    }
    lines.append("next: " + (hint.map { VisibleText.line($0) } ?? "correct the migration"))
    if isReplay {
      lines.append("it was recorded before, so its file or its surroundings have changed since")
    }
    return lines.joined(separator: "\n")
  }
}
