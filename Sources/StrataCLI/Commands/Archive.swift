import ArgumentParser
import FileSystem
import SchemaHistory
import SchemaModel

struct Archive: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Archived segments: list them, show one, check one, take one's content out.",
    discussion: """
      Example:
        strata archive list
        strata archive export -o old-migrations
      """,
    subcommands: [ArchiveList.self, ArchiveShow.self, ArchiveVerify.self, ArchiveExport.self],
    defaultSubcommand: ArchiveList.self)
}

struct ArchiveList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The segments, oldest first.",
    discussion: """
      Example:
        strata archive list --json
      """)

  @OptionGroup var location: StoreOptions
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let segments = try location.openForReading().segments()
    if json {
      Console.write(
        document: JSONValue.list(segments.map { .object(SegmentText.fields($0)) }).document + "\n")
    } else if segments.isEmpty {
      Console.print("No segments: the history was never truncated")
    } else {
      Console.print(
        TextTable(
          header: ["segment", "root", "revisions", "events", "size", "truncated", ""],
          rows: segments.map(SegmentText.row), rightAligned: [2]
        ).lines())
    }
  }
}

struct ArchiveShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One segment: who truncated, when, why, with which proof.",
    discussion: """
      Example:
        strata archive show
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The segment; the newest without it.", valueName: "segment"))
  var segment: String?
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForReading()
    let segment = try history.segment(named: segment)
    if json {
      Console.write(document: JSONValue.object(SegmentText.fields(segment)).document + "\n")
    } else {
      Console.print(SegmentText.lines(segment))
    }
  }
}

struct ArchiveVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks one segment: its bytes, the chain and snapshots in it.",
    discussion: """
      Example:
        strata archive verify
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The segment; the newest without it.", valueName: "segment"))
  var segment: String?

  func run() throws {
    let history = try location.openForReading()
    let segment = try history.segment(named: segment)
    try history.checkSegment(segment)
    Console.print([
      "\(segment.reference.name) is sound: \(Plural.text(segment.reference.revisionCount, "revision")), "
        + ByteCount.text(segment.reference.byteCount)
    ])
  }
}

struct ArchiveExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a segment's content into a folder that needs no Strata to be read.",
    discussion: """
      events.jsonl has one event a line, as `strata audit --format json` prints it; sources/ has the \
      migration files to the byte.

      Example:
        strata archive export -o old-migrations
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The segment; the newest without it.", valueName: "segment"))
  var segment: String?
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("A new or empty folder.", valueName: "dir"))
  var output: String

  func run() throws {
    let history = try location.openForReading()
    let segment = try history.segment(named: segment)
    guard Files.names(in: output).isEmpty, Files.isDirectory(output) || !Files.exists(output) else {
      throw Failure.refused(
        "expected a new or empty folder, found files in \(output); name another")
    }
    try history.requireSegment(segment)
    let range = segment.reference.first...segment.reference.last
    let events = try history.audit(AuditFilter()).filter { range.contains($0.sequence) }
    try Files.makeDirectory(output)
    let lines = events.map { Audit.value($0).line + "\n" }.joined()
    try Files.write(Array(lines.utf8), to: "\(output)/events.jsonl")
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
    Console.print(
      "\(Plural.text(events.count, "event")) and \(Plural.text(fileCount, "file")) are in \(output)"
    )
  }

  private func write(_ path: String, _ bytes: [UInt8]) throws {
    // A recorded path is data: it must not lead out of the folder.
    let parts = path.split(separator: "/").filter { $0 != ".." && $0 != "." }
    let target = (["\(output)/sources"] + parts.map(String.init)).joined(separator: "/")
    try Files.makeDirectory(Files.parent(of: target) ?? output)
    try Files.write(bytes, to: target)
  }
}

enum SegmentText {
  static func row(_ segment: ArchivedSegment) -> [String] {
    let reference = segment.reference
    return [
      reference.name, segment.root.text, "\(reference.revisionCount)",
      "\(reference.first) to \(reference.last)", ByteCount.text(reference.byteCount),
      segment.time.description, segment.isPresent ? "" : "missing",
    ]
  }

  static func fields(_ segment: ArchivedSegment) -> [(String, JSONValue)] {
    SegmentDocument.fields(segment.reference) + [
      ("root", .text(segment.root.text)), ("time", .text(segment.time.description)),
      ("actor", .text(segment.actor)), ("reason", .text(segment.reason)),
      ("proof", .texts(segment.proof)), ("path", .text(segment.path)),
      ("present", .bool(segment.isPresent)),
      (
        "folder",
        segment.folder.map { folder in
          .object([
            ("directory", .text(folder.directory)), ("added", .texts(folder.added.keys.sorted())),
            ("removed", .texts(folder.removed.keys.sorted())),
          ])
        } ?? .null
      ),
    ]
  }

  static func lines(_ segment: ArchivedSegment) -> [String] {
    let reference = segment.reference
    var lines = [
      "segment \(reference.name)" + (segment.isPresent ? "" : " (missing)"),
      "Root:        \(segment.root)", "Truncated:   \(segment.time) by \(segment.actor)",
    ]
    if !segment.reason.isEmpty { lines.append("Reason:      \(segment.reason)") }
    lines += [
      "Revisions:   \(reference.revisionCount)",
      "Events:      \(reference.first) to \(reference.last)",
      "Size:        \(ByteCount.text(reference.byteCount))", "SHA-256:     \(reference.hash)",
      "File:        \(segment.path)",
    ]
    if let folder = segment.folder {
      lines.append(
        "Folder:      \(folder.directory): \(Plural.text(folder.removed.count, "file")) out, "
          + "\(Plural.text(folder.added.count, "file")) in")
    }
    return lines + segment.proof.map { "proved: \($0)" }
  }
}
