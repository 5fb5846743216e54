import SchemaModel
public import Importers
import SchemaHistory

/// How a folder of SQL migrations is to be read.
public struct SQLSettings: Hashable, Sendable {
  /// Nil for the one that was said at the last import or cut, else the one that the files show.
  public var layout: SQLLayout?
  /// Whether the files tell it, whatever was said before.
  public var guessesLayout: Bool
  /// Values for `${NAME}` in the files, by name.
  public var definitions: [String: String]
  /// Whether the tool's connection enforces foreign keys, where the product leaves that to each
  /// connection; nil for what is usual in the layout.
  public var enforcesForeignKeys: Bool?

  public init(
    layout: SQLLayout? = nil, definitions: [String: String] = [:],
    enforcesForeignKeys: Bool? = nil, guessesLayout: Bool = false
  ) {
    self.layout = layout
    self.definitions = definitions
    self.enforcesForeignKeys = enforcesForeignKeys
    self.guessesLayout = guessesLayout
  }

  /// Reads a folder; what is recorded tells versions of like names apart.
  func folder(_ path: String, of history: History) throws -> SQLFolder {
    let recorded = try RecordedScripts(history)
    var folder = try SQLFolder(
      path, layout: layout(of: history), definitions: definitions, recorded: recorded.newest,
      enforcesForeignKeys: enforcesForeignKeys, revised: recorded.revised)
    try recorded.recall(into: &folder)
    return folder
  }
}
