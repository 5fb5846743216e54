import Foundation
import SchemaModel
import Testing

@testable import Importers

/// Names of migrations on things that are none. Opening a FIFO would hang, so that these tests would
/// not end without the checks.
@Suite("What is a migration file")
struct FolderScopeTests {
  /// A folder with one sound migration for the layout, beside a file outside it.
  private func folder(_ layout: SQLLayout) throws -> (folder: TemporaryFolder, path: String) {
    let folder = try TemporaryFolder()
    try folder.write("CREATE TABLE secret (x);", to: "outside/9_secret.sql")
    try folder.write(
      "-- migrate:up\nCREATE TABLE secret (x);\n-- migrate:down\n", to: "outside/up.sql")
    try folder.write("migrations", to: "mig/\(Self.sound(layout))")
    try folder.write(Self.text(layout), to: "mig/\(Self.sound(layout))")
    return (folder, folder.path + "/mig")
  }

  private static func text(_ layout: SQLLayout) -> String {
    switch layout {
    case .dbmate: "-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\n"
    case .goose: "-- +goose Up\nCREATE TABLE a (x);\n"
    default: "CREATE TABLE a (x);\n"
    }
  }

  private static func sound(_ layout: SQLLayout) -> String { names(layout, "1") }

  /// The file of a migration of this number.
  private static func names(_ layout: SQLLayout, _ number: String) -> String {
    switch layout {
    case .plain, .dbmate, .goose, .sqlx: "\(number)_a.sql"
    case .flyway: "V\(number)__a.sql"
    case .golangMigrate: "\(number)_a.up.sql"
    case .diesel: "\(number)_a/up.sql"
    case .prisma: "\(number)_a/migration.sql"
    }
  }

  @Test(
    "names that differ only in Unicode form are two files, two folders",
    arguments: [SQLLayout.plain, .flyway, .prisma])
  func forms(layout: SQLLayout) throws {
    let folder = try TemporaryFolder()
    for (number, form) in ["caf\u{e9}", "cafe\u{301}"].enumerated() {
      let name =
        switch layout {
        case .flyway: "\(form)/V\(number)__a.sql"
        case .prisma: "1\(number)_\(form)/migration.sql"
        default: "1_\(form).sql"
        }
      try folder.write("CREATE TABLE t\(number) (x);", to: "mig/\(name)")
    }
    let drafts = try SQLFolder(folder.path + "/mig", layout: layout).drafts
    #expect(
      Set(drafts.compactMap { $0.source.map { String(decoding: $0.up, as: UTF8.self) } })
        == ["CREATE TABLE t0 (x);", "CREATE TABLE t1 (x);"])
  }

  private static let wrongs:
    [(name: String, found: String, make: @Sendable (String) throws -> Void)] = [
      ("FIFO", "a FIFO", { #expect(mkfifo($0, 0o600) == 0) }),
      ("link to a device", "out of the folder", { try link("/dev/zero", $0) }),
      ("link to the terminal", "out of the folder", { try link("/dev/tty", $0) }),
      ("link to a file outside", "out of the folder", { try link(outside($0), $0) }),
      ("absolute link outside", "out of the folder", { try link("/etc/passwd", $0) }),
      ("link to nothing", "a link to nothing", { try link("nowhere", $0) }),
      ("link to itself", "in a circle", { try link(($0 as NSString).lastPathComponent, $0) }),
      (
        "link to a FIFO inside", "a FIFO",
        { path in
          let fifo = (path as NSString).deletingLastPathComponent + "/.fifo"
          #expect(mkfifo(fifo, 0o600) == 0)
          try link(".fifo", path)
        }
      ),
      ("socket", "a socket", { try socket($0) }),
    ]

  /// The file outside, as seen from a path in the folder, or in one of its folders.
  private static func outside(_ path: String) -> String {
    let isDeeper = !(path as NSString).deletingLastPathComponent.hasSuffix("/mig")
    return (isDeeper ? "../" : "") + "../outside/9_secret.sql"
  }

  private static func link(_ target: String, _ path: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  private static func socket(_ path: String) throws {
    // A socket's own path may have 107 bytes; so it is bound by a short name and moved.
    let short = NSTemporaryDirectory() + "sx-\(UUID().uuidString.prefix(8))"
    let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(short.utf8)) }
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(code == 0)
    try FileManager.default.moveItem(atPath: short, toPath: path)
  }

  @Test("in each layout, what is no file is an error that says so", arguments: SQLLayout.allCases)
  func wrong(layout: SQLLayout) throws {
    for wrong in Self.wrongs {
      for chosen in [layout, nil] {
        let (folder, path) = try folder(layout)
        defer { withExtendedLifetime(folder) {} }
        let target = path + "/" + Self.names(layout, "2")
        try FileManager.default.createDirectory(
          atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try wrong.make(target)
        let error = #expect(throws: FolderError.self, "\(wrong.name)") {
          _ = try SQLFolder(path, layout: chosen)
        }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("expected a regular file at \(path)/"), "\(wrong.name): \(text)")
        #expect(text.contains(wrong.found), "\(wrong.name): \(text)")
        #expect(text.hasSuffix("Nothing was run"))
      }
    }
  }

  @Test("an Alembic version that is no file is an error before Python is started")
  func alembic() throws {
    for wrong in Self.wrongs {
      let folder = try TemporaryFolder()
      try folder.write("CREATE TABLE secret (x);", to: "outside/9_secret.sql")
      try folder.write("revision = 'a'\ndown_revision = None\n", to: "mig/a.py")
      try wrong.make(folder.path + "/mig/b.py")
      let error = #expect(throws: FolderError.self, "\(wrong.name)") {
        _ = try AlembicFolder(folder.path + "/mig")
          .drafts(through: Bridge(python: PythonInterpreter(executable: "/no/python", origin: "-")))
      }
      #expect(error?.description.contains(wrong.found) == true, "\(wrong.name): \(error as Any)")
    }
  }

  @Test("links inside the folder to files inside it are migrations", arguments: SQLLayout.allCases)
  func inside(layout: SQLLayout) throws {
    let (folder, path) = try folder(layout)
    defer { withExtendedLifetime(folder) {} }
    let target = path + "/" + Self.names(layout, "2")
    try FileManager.default.createDirectory(
      atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Self.link(path + "/" + Self.sound(layout), target)
    #expect(try SQLFolder(path, layout: layout).drafts.count == 2)
    // The folder itself may be reached by a link: it was named.
    try Self.link(path, folder.path + "/named")
    #expect(try SQLFolder(folder.path + "/named", layout: layout).drafts.count == 2)
  }

  @Test("a folder with a migration's name is left out, with a warning")
  func folders() throws {
    for layout in [SQLLayout.plain, .golangMigrate, .sqlx, .dbmate, .goose] {
      let (folder, path) = try folder(layout)
      defer { withExtendedLifetime(folder) {} }
      let name = Self.names(layout, "2")
      try folder.write("x", to: "mig/\(name)/inner")
      let read = try SQLFolder(path, layout: layout)
      #expect(read.drafts.count == 1)
      #expect(read.warnings == ["left out \(name): it is a folder"], "\(layout)")
    }
  }

  @Test("linked folders are read once, and never outside")
  func linkedFolders() throws {
    let (folder, path) = try folder(.flyway)
    defer { withExtendedLifetime(folder) {} }
    try folder.write("CREATE TABLE secret (x);", to: "outside/V7__secret.sql")
    try folder.write("CREATE TABLE b (x);", to: "mig/sub/V2__b.sql")
    try Self.link(".", path + "/circle")
    try Self.link("..", path + "/sub/up")
    try Self.link("../outside", path + "/out")
    try Self.link("/", path + "/root")
    let read = try SQLFolder(path, layout: .flyway)
    #expect(read.drafts.map(\.id.text) == ["1", "2"])
    #expect(
      read.warnings == [
        "left out circle: it is a link to a folder that is read already",
        "left out out: it is a link that leads out of the folder",
        "left out root: it is a link that leads out of the folder",
        "left out sub/up: it is a link to a folder that is read already",
      ])
  }

  @Test("settings beside a migration are not read from outside")
  func settings() throws {
    let (folder, path) = try folder(.flyway)
    defer { withExtendedLifetime(folder) {} }
    try folder.write("executeInTransaction=false", to: "outside/conf")
    try Self.link("../outside/conf", path + "/V1__a.sql.conf")
    let error = #expect(throws: FolderError.self) { _ = try SQLFolder(path, layout: .flyway) }
    #expect(error?.description.contains("V1__a.sql.conf, found a link that leads out") == true)
  }

  @Test("a file that never ends is given up")
  func endless() throws {
    #expect(throws: FolderError.self) { _ = try Disk.bytes(of: "/dev/zero") }
    let folder = try TemporaryFolder()
    let path = try folder.write("x", to: "1_a.sql")
    #expect(truncate(path, off_t(Disk.byteCountMax) + 1) == 0)
    let error = #expect(throws: FolderError.self) { _ = try SQLFolder(folder.path) }
    #expect(error?.description.contains("at most 1024 MiB") == true)
  }
}
