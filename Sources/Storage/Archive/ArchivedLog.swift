import LMDB
public import SchemaModel
import StoreFormat

/// A sealed segment: a log environment in one file, which nobody writes any more.
public final class ArchivedLog: Sendable {
  /// What the log says of its file.
  public let reference: SegmentReference
  private let file: SegmentFile
  let environment: Environment
  let databases: LogDatabases

  /// Opens a segment after its bytes were checked against the hash that the log holds: a damaged
  /// page would otherwise be LMDB's to trip over.
  /// - Throws: `StoreError.segmentMissing`, `.segmentDamaged`.
  public convenience init(_ reference: SegmentReference, in directory: String) throws {
    guard let file = try SegmentFile(reference, in: directory) else {
      throw StoreError.segmentMissing(reference, directory: directory)
    }
    try self.init(file)
  }

  /// - Throws: `StoreError.segmentDamaged`.
  public init(_ file: SegmentFile) throws {
    try file.check()
    self.file = file
    reference = file.reference
    do {
      environment = try Environment.open(
        path: file.path,
        options: Environment.Options(
          mapSizeBytes: Self.mapSize(reference), isReadOnly: true, isSingleFile: true,
          usesLock: false))
      databases = try LogDatabases(in: environment, create: false)
    } catch let error as LMDBError where !error.isInvalid {
      throw StoreError.medium(error, path: reference.name)
    } catch {
      throw StoreError.segmentDamaged(reference, "\(error)")
    }
  }

  private static func mapSize(_ reference: SegmentReference) -> Int {
    Int(clamping: reference.byteCount).addingReportingOverflow(1 << 20).partialValue
  }

  /// Runs `body` on the segment's one state; what it is given is valid only there.
  public func read<T>(_ body: (LogReader) throws -> T) throws -> T {
    try Store.translating(reference.name) {
      try environment.read { transaction in
        try body(LogReader(transaction: transaction, databases: databases))
      }
    }
  }

  /// One state for as long as the value lives; a segment has only one.
  public func hold() throws -> HeldLog {
    try Store.translating(reference.name) { try HeldLog(environment, databases) }
  }
}
