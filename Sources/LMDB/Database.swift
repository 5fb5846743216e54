/// One named B-tree of an environment; valid as long as the environment is.
public struct Database: Hashable, Sendable {
  /// LMDB's handle, good for every transaction of the environment that gave it.
  public let dbi: UInt32
}

/// How much a database holds.
public struct DatabaseStatistics: Hashable, Sendable {
  /// Keys with their values.
  public var entryCount: Int
  /// Pages from the root to a leaf; 0 when empty.
  public var depth: Int
  /// Pages that lead to other pages.
  public var branchPageCount: Int
  /// Pages that hold keys, and values which fit beside them.
  public var leafPageCount: Int
  /// Pages of values that are too long for a leaf.
  public var overflowPageCount: Int

  /// All pages that it alone uses.
  public var pageCount: Int { branchPageCount + leafPageCount + overflowPageCount }
}

/// How a value is put.
public struct PutFlags: OptionSet, Sendable {
  /// The bits of LMDB's `mdb_put`.
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The key is greater than every other one in the database; an error where it is not.
  public static let append = PutFlags(rawValue: 0x20000)
  /// A key that is there keeps its value.
  public static let noOverwrite = PutFlags(rawValue: 0x10)
}
