import FileSystem
public import SchemaHistory
import SchemaModel

/// Writes an archived segment's content into a folder that needs no Strata to be read:
/// `events.jsonl` has one event a line, `sources/` the migration files to the byte.
public struct SegmentExport: Sendable {
  /// The segment's name; nil for the newest.
  public var segment: String?
  /// A new or empty folder.
  public var folder: String
  /// An event as one line of JSON, without its end.
  public var line: @Sendable (AuditEntry) -> String

  public init(
    segment: String? = nil, to folder: String, line: @escaping @Sendable (AuditEntry) -> String
  ) {
    self.segment = segment
    self.folder = folder
    self.line = line
  }

  /// - Throws: `WorkflowError`: `input` for what names no folder, `refused` for one with files in it; `HistoryError` for a segment
  ///   that is unknown, gone or damaged; `FileError`.
  public func run(in history: History) throws -> ExportResult {
    guard Files.isPath(folder) else { throw WorkflowError.notAPath(folder) }
    let segment = try history.segment(named: segment)
    guard Files.names(in: folder).isEmpty, Files.isDirectory(folder) || !Files.exists(folder) else {
      throw WorkflowError.refused(
        "expected a new or empty folder, found files in \(folder); name another")
    }
    try history.requireSegment(segment)
    let range = segment.reference.first...segment.reference.last
    let events = try history.audit(AuditFilter()).filter { range.contains($0.sequence) }
    try Files.makeDirectory(folder)
    let lines = events.map { line($0) + "\n" }.joined()
    try Files.write(Array(lines.utf8), to: "\(folder)/events.jsonl")
    var fileCount = 0
    for entry in try history.graph().entries where range.contains(entry.sequence) {
      guard let source = try history.source(of: entry.id) else { continue }
      try write(source.path, source.up)
      fileCount += 1
      if let path = source.downPath, let down = source.down {
        try write(path, down)
        fileCount += 1
      }
    }
    return ExportResult(folder: folder, eventCount: events.count, fileCount: fileCount)
  }

  private func write(_ path: String, _ bytes: [UInt8]) throws {
    // A recorded path is data: it must not lead out of the folder.
    let parts = path.split(separator: "/").filter { $0 != ".." && $0 != "." }
    let target = (["\(folder)/sources"] + parts.map(String.init)).joined(separator: "/")
    try Files.makeDirectory(Files.parent(of: target) ?? folder)
    try Files.write(bytes, to: target)
  }
}

/// What was exported.
public struct ExportResult: Hashable, Sendable {
  /// The folder, as it was named.
  public var folder: String
  /// Lines of `events.jsonl`.
  public var eventCount: Int
  /// Files below `sources/`.
  public var fileCount: Int
}
