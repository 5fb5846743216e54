internal import FileSystem
public import SchemaModel

/// Why a migrations folder cannot be read; nothing has been run.
public enum FolderError: ClassifiedError, Hashable, Sendable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  /// A name that a migration would have, on something that is none.
  case notAFile(path: String, found: String)
  case tooLarge(path: String, byteCount: Int)
  case notFound(path: String, expected: String, found: String? = nil)
  case badIni(path: String, why: String)
  /// Files that look like migrations but cannot be understood: path, line, why.
  case unparsable([UnparsableFile])
  case empty(path: String, expected: String)
  case notUTF8(path: String, offset: Int)
  case duplicateVersion(version: String, paths: [String])
  case missingSection(path: String, marker: String)
  case cannotTellLayout(path: String, seen: [String], hint: String)
  case undefinedPlaceholder(name: String, path: String)
  case unsupportedFile(path: String, why: String)
  case badNamingConvention(String)
  case badAllowance(String)

  public var fault: FaultKind { .input }

  /// Of a name that is no path.
  static func check(_ path: String) throws(FolderError) {
    if Files.isPath(path) { return }
    throw .unsupportedFile(
      path: path.isEmpty ? "''" : VisibleText.line(path),
      why: "expected the name of a file or a folder")
  }

  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot read \(path): \(reason)"
    case .notAFile(let path, let found):
      "expected a regular file at \(path), found \(found); put the migration itself there, or take "
        + "the name away. Nothing was run"
    case .tooLarge(let path, let byteCount):
      "expected a migration of at most \(byteCount >> 20) MiB in \(path), found more; load such data "
        + "by a program of its own"
    case .notFound(let path, let expected, let found):
      found.map { "expected \(expected), found \($0): \(path)" }
        ?? "\(path) is not there: expected \(expected)"
    case .badIni(let path, let why):
      "cannot use \(path): \(why); name the versions folder itself instead"
    case .unparsable(let files):
      files.map(\.description).joined(separator: "\n")
        + (files.allSatisfy(\.isBroken)
          ? "\ncorrect it: Alembic cannot load it either"
          : "\nthe place of a revision in the history is read without running the file: write these values as literals")
    case .empty(let path, let expected):
      "nothing to import in \(path): expected \(expected)"
    case .notUTF8(let path, let offset):
      "\(path) is not UTF-8 text (byte \(offset)): convert it first"
    case .duplicateVersion(let version, let paths):
      "version \(version) is there \(paths.count) times: \(paths.joined(separator: ", ")); give each migration a version of its own"
    case .missingSection(let path, let marker):
      "\(path) has no line '\(marker)': add it, or name another layout with --layout"
    case .cannotTellLayout(let path, let seen, let hint):
      "cannot tell how the migrations in \(path) are laid out: found \(seen.joined(separator: ", ")); \(hint)"
    case .undefinedPlaceholder(let name, let path):
      "\(path) uses the placeholder ${\(name)}, which has no value: give --define \(name)=VALUE"
    case .unsupportedFile(let path, let why):
      "cannot import \(path): \(why)"
    case .badAllowance(let text):
      "expected a FILE or HOST:PORT after --allow, found '\(VisibleText.line(text))'; name a file, "
        + "a program, a socket, or a server as in localhost:5432"
    case .badNamingConvention(let why):
      "the naming convention is not understood: \(why); expected a JSON object such as {\"ix\": \"ix_%(column_0_label)s\"}"
    }
  }
}

/// A migration file whose place in the graph cannot be read.
public struct UnparsableFile: Hashable, Sendable, CustomStringConvertible {
  /// Relative to the migrations folder.
  public var path: String
  /// Where reading ended; 1 is the first, nil is the whole file.
  public var line: Int?
  /// What was expected and found, without the place.
  public var why: String
  /// Whether the file is no Python at all.
  public var isBroken = false

  public var description: String {
    VisibleText.line(path + (line.map { ":\($0)" } ?? "") + ": " + why)
  }
}
