import SchemaModel
public import Importers
import SchemaHistory

/// How a folder of SQL migrations is to be read.
public struct SQLSettings: Hashable, Sendable {
  /// Nil for the one that the files show.
  public var layout: SQLLayout?
  /// Values for `${NAME}` in the files, by name.
  public var definitions: [String: String]
  /// Whether the tool's connection enforces foreign keys, where the product leaves that to each
  /// connection; nil for what is usual in the layout.
  public var enforcesForeignKeys: Bool?

  public init(
    layout: SQLLayout? = nil, definitions: [String: String] = [:],
    enforcesForeignKeys: Bool? = nil
  ) {
    self.layout = layout
    self.definitions = definitions
    self.enforcesForeignKeys = enforcesForeignKeys
  }

  /// Reads a folder; what is recorded tells versions of like names apart.
  func folder(_ path: String, of history: History) throws -> SQLFolder {
    try SQLFolder(
      path, layout: layout, definitions: definitions, recorded: history.recordedFiles(),
      enforcesForeignKeys: enforcesForeignKeys)
  }
}
