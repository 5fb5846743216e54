/// One named B-tree of an environment; valid as long as the environment is.
public struct Database: Hashable, Sendable {
  public let dbi: UInt32
}

/// How much a database holds.
public struct DatabaseStatistics: Hashable, Sendable {
  public var entryCount: Int
  public var depth: Int
  public var branchPageCount: Int
  public var leafPageCount: Int
  public var overflowPageCount: Int

  public var pageCount: Int { branchPageCount + leafPageCount + overflowPageCount }
}

/// How a value is put.
public struct PutFlags: OptionSet, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The key is greater than every other one in the database; an error where it is not.
  public static let append = PutFlags(rawValue: 0x20000)
  /// A key that is there keeps its value.
  public static let noOverwrite = PutFlags(rawValue: 0x10)
}
