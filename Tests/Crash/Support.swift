import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel
import Testing

/// A directory with a store, a migrations folder, and the shim that stops a child in the middle.
final class CrashBed {
  let root: String
  let base: String
  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  init(revisions: Int = 8) throws {
    root = NSTemporaryDirectory() + "strata-crash-\(UUID().uuidString)"
    base = root + "/base"
    try FileManager.default.createDirectory(
      atPath: base + "/migrations", withIntermediateDirectories: true)
    var generator = HistoryGenerator(
      .init(seed: 5, tableCount: 5, operationCount: 3, hasSources: true))
    let history = try History.create(at: base + "/store", dialect: Dialect("sqlite"), by: "test")
    for revision in try generator.next(revisions) {
      try history.record(
        [Recording(draft: revision.draft, change: .operations(revision.operations))], by: "test")
      if let source = revision.draft.source {
        try Data(source.up).write(
          to: URL(fileURLWithPath: "\(base)/migrations/\(source.path)"))
      }
    }
    try history.followLog()
    try Self.build(
      "/usr/bin/cc",
      ["-O1", "-shared", "-fPIC", "-o", shim, Self.package + "/tools/crash/shim.c", "-ldl"])
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  var shim: String { root + "/shim.so" }

  private static func build(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the shim does not compile")
  }

  /// The child lies beside the test bundle.
  static let child: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let places = [CommandLine.arguments.first ?? "", own] + CommandLine.arguments
    for place in places {
      let path = (place as NSString).deletingLastPathComponent + "/CrashChild"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    return package + "/.build/debug/CrashChild"
  }()

  func copy(_ source: String? = nil, to name: String) throws -> String {
    let target = "\(root)/\(name)"
    try? FileManager.default.removeItem(atPath: target)
    try FileManager.default.copyItem(atPath: source ?? base, toPath: target)
    return target
  }

  struct Ending {
    var status: Int32
    var isSignal: Bool
    var errors: String
  }

  /// Runs the child on a place; `stop` is the number of the call it stops at.
  func run(
    _ action: String, in place: String, stop: Int? = nil, isPartial: Bool = false,
    failing: Int32? = nil, isOnce: Bool = false
  ) throws -> Ending {
    let process = try start(
      action, in: place, stop: stop, isPartial: isPartial, failing: failing, isOnce: isOnce)
    let errors = process.errors.fileHandleForReading.readDataToEndOfFile()
    process.process.waitUntilExit()
    return Ending(
      status: process.process.terminationStatus,
      isSignal: process.process.terminationReason == .uncaughtSignal,
      errors: String(decoding: errors, as: UTF8.self))
  }

  func start(
    _ action: String, in place: String, stop: Int? = nil, isPartial: Bool = false,
    failing: Int32? = nil, isOnce: Bool = false
  ) throws -> (process: Process, errors: Pipe) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.child)
    let folder = action == "loop" ? "writer" : place + "/migrations"
    process.arguments = [action, place + "/store", folder]
    if let stop {
      var environment = ProcessInfo.processInfo.environment
      environment["LD_PRELOAD"] = shim
      environment["STRATA_CRASH_BELOW"] = place
      environment["STRATA_CRASH_AT"] = "\(stop)"
      if isPartial { environment["STRATA_CRASH_PARTIAL"] = "1" }
      if let failing { environment["STRATA_CRASH_ERRNO"] = "\(failing)" }
      if isOnce { environment["STRATA_CRASH_ONCE"] = "1" }
      process.environment = environment
    }
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    return (process, errors)
  }
}

/// All that must be old or new, and never in between.
struct PlaceState: Equatable {
  var heads: Set<RevisionID>
  var fingerprints: [RevisionID: Fingerprint]
  var archived: Set<RevisionID>
  var segmentCount: Int
  var files: [String: Data]

  /// Names the folder, so that what was interrupted there is finished.
  init(_ place: String) throws {
    let history = try History.open(at: place + "/store")
    try history.finishFolder(place + "/migrations")
    let graph = try history.graph()
    heads = Set(try history.heads())
    archived = Set(graph.entries.filter(\.isArchived).map(\.id))
    fingerprints = [:]
    for entry in graph.entries { fingerprints[entry.id] = try history.fingerprint(at: entry.id) }
    segmentCount = try history.segments().count
    files = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: place + "/migrations") {
      // What a stop leaves beside its final name is overwritten or ignored.
      if name.hasSuffix(".strata-new") { continue }
      files[name] = FileManager.default.contents(atPath: "\(place)/migrations/\(name)")
    }
  }
}
