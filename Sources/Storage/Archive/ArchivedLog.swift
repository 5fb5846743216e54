import Foundation
import LMDB
public import SchemaModel
import StoreFormat

/// A sealed segment: a log environment in one file, which nobody writes any more.
public final class ArchivedLog: Sendable {
  public let reference: SegmentReference
  let environment: Environment
  let databases: LogDatabases

  /// Opens a segment after its bytes were checked against the hash that the log holds: a damaged
  /// page would otherwise be LMDB's to trip over.
  /// - Throws: `StoreError.segmentMissing`, `.segmentDamaged`.
  public init(_ reference: SegmentReference, in directory: String) throws {
    let path = directory + "/" + reference.name
    try Self.check(reference, in: directory)
    self.reference = reference
    do {
      environment = try Environment.open(
        path: path,
        options: Environment.Options(
          mapSizeBytes: Self.mapSize(reference), isReadOnly: true, isSingleFile: true,
          usesLock: false))
      databases = try LogDatabases(in: environment, create: false)
    } catch {
      throw StoreError.segmentDamaged(reference, "\(error)")
    }
  }

  private static func mapSize(_ reference: SegmentReference) -> Int {
    Int(clamping: reference.byteCount).addingReportingOverflow(1 << 20).partialValue
  }

  /// Compares size and SHA-256 of a segment's file with what the log says of it.
  public static func check(_ reference: SegmentReference, in directory: String) throws {
    let path = directory + "/" + reference.name
    guard access(path, F_OK) == 0 else {
      throw StoreError.segmentMissing(reference, directory: directory)
    }
    let found: (hash: ContentHash, byteCount: UInt64)
    do {
      found = try FileHash.of(path)
    } catch {
      throw StoreError.segmentDamaged(reference, "it cannot be read: \(describe(error))")
    }
    guard found.byteCount == reference.byteCount else {
      throw StoreError.segmentDamaged(
        reference, "expected \(reference.byteCount) bytes, found \(found.byteCount)")
    }
    guard found.hash == reference.hash else {
      throw StoreError.segmentDamaged(
        reference, "its SHA-256 should be \(reference.hash.short), found \(found.hash.short)")
    }
  }

  public func read<T>(_ body: (LogReader) throws -> T) throws -> T {
    try Store.translating(reference.name) {
      try environment.read { transaction in
        try body(LogReader(transaction: transaction, databases: databases))
      }
    }
  }
}

/// The SHA-256 of a file, read through a map.
enum FileHash {
  static func of(_ path: String) throws -> (hash: ContentHash, byteCount: UInt64) {
    let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    return data.withUnsafeBytes { (ContentHash(of: $0), UInt64($0.count)) }
  }
}
