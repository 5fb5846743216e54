import FileSystem
import Glibc
import Testing

/// A folder of a test's own.
struct Place: ~Copyable {
  let path: String

  init() throws { path = try Files.makeUniqueDirectory(Files.temporaryDirectory + "/files-test-") }
  deinit { Files.removeTree(path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
  func mode(_ name: String) -> mode_t {
    var information = stat()
    stat(file(name), &information)
    return information.st_mode & 0o7777
  }
}

@Suite("The one writer of files")
struct FileWriterTests {
  @Test("what names no file is an error that says so", arguments: ["", "a\0b"])
  func noPath(name: String) throws {
    let error = #expect(throws: FileError.self) { try Files.write([1], to: name) }
    #expect(error?.description.hasPrefix("expected the name of a file, found '") == true)
    #expect(error?.fault == .place)
  }

  @Test("what was written is read, from nothing to more than one call of the system takes")
  func sizes() throws {
    let place = try Place()
    for count in [0, 1, 65_536, 65_537, 3_000_001] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try Files.write(bytes, to: place.file("a"), isDurable: count.isMultiple(of: 2))
      #expect(try Files.read(place.file("a")) == bytes)
    }
    #expect(Files.names(in: place.path) == ["a"])
  }

  @Test("a name is as long as the file system takes one, in one-byte characters and in longer ones")
  func longNames() throws {
    let place = try Place()
    for character in ["a", "é", "𝄞"] {
      for count in 225...255 where count.isMultiple(of: character.utf8.count) {
        let name = String(repeating: character, count: count / character.utf8.count)
        try Files.write([1], to: place.file(name))
        try FileWriter.replace(
          place.file(name), beside: FileWriter.unfinished(place.file(name), ".strata-new")
        ) { try FileWriter.write([2], to: $0, named: name) }
        #expect(try Files.read(place.file(name)) == [2])
        let beside = FileWriter.unfinished(place.file(name), ".strata-new")
        #expect(beside.hasPrefix(place.path + "/") && beside.hasSuffix(".strata-new"))
        Files.removeTree(place.file(name))
      }
    }
    #expect(Files.names(in: place.path) == [])
    let (one, other) = (
      String(repeating: "a", count: 250), String(repeating: "a", count: 249) + "b"
    )
    #expect(FileWriter.unfinished(one, ".new") != FileWriter.unfinished(other, ".new"))
    #expect(FileWriter.unfinished("/x/a", ".new") == "/x/a.new")
  }

  @Test("a file has the mode that was asked for, also where another one was before")
  func modes() throws {
    let place = try Place()
    try Files.write([1], to: place.file("a"), mode: 0o644)
    try Files.write([2], to: place.file("a"), mode: 0o600)
    #expect(place.mode("a") == 0o600)
    try FileWriter.create(place.file("b"), [3], mode: 0o400)
    #expect(place.mode("b") == 0o400)
  }

  @Test("a writer that fails half-way leaves the old file, and nothing beside it")
  func failure() throws {
    struct Stop: Error {}
    let place = try Place()
    try Files.write([1, 2, 3], to: place.file("a"))
    #expect(throws: Stop.self) {
      try FileWriter.replace(place.file("a"), beside: place.file("a.new")) {
        try FileWriter.write([9], to: $0, named: "a")
        throw Stop()
      }
    }
    #expect(try Files.read(place.file("a")) == [1, 2, 3])
    #expect(Files.names(in: place.path) == ["a"])
  }

  @Test("a full disk is the system's fault, and nobody's file is lost by it")
  func full() throws {
    let place = try Place()
    let error = #expect(throws: FileError.self) {
      try Files.write([1], to: "/dev/full")
    }
    #expect(error?.fault == .system)
    #expect(error?.code == ENOSPC)
    #expect(error?.description == "expected to write /dev/full, found: No space left on device")
    #expect(Files.names(in: place.path).isEmpty)
  }

  @Test("a link stays a link: what it leads to is replaced, also where that is missing")
  func links() throws {
    let place = try Place()
    try Files.write([1], to: place.file("target"))
    symlink("target", place.file("link"))
    symlink("later", place.file("dangling"))
    try Files.write([2, 2], to: place.file("link"))
    try Files.write([3], to: place.file("dangling"))
    #expect(Files.isLink(place.file("link")) && Files.isLink(place.file("dangling")))
    #expect(try Files.read(place.file("target")) == [2, 2])
    #expect(try Files.read(place.file("later")) == [3])
  }

  @Test("nobody's link is written through in the place of the unfinished file")
  func planted() throws {
    let place = try Place()
    try Files.write([7], to: place.file("victim"))
    symlink("victim", place.file("a.new"))
    try FileWriter.replace(place.file("a"), beside: place.file("a.new")) {
      try FileWriter.write([1], to: $0, named: "a")
    }
    #expect(try Files.read(place.file("victim")) == [7])
    #expect(try Files.read(place.file("a")) == [1])
  }

  @Test("a folder gives way to a file only where that was asked for")
  func folders() throws {
    let place = try Place()
    try Files.makeDirectory(place.file("a/b"))
    try Files.write([1], to: place.file("a/b/c"))
    #expect(throws: FileError.self) { try Files.write([2], to: place.file("a")) }
    #expect(try Files.read(place.file("a/b/c")) == [1])
    let folder = open(place.path, O_RDONLY | O_DIRECTORY)
    defer { close(folder) }
    try FileWriter.replace("a", in: folder, beside: "a.new", isDurable: true, removesFolder: true) {
      try FileWriter.write([2], to: $0, named: "a")
    }
    #expect(try Files.read(place.file("a")) == [2])
  }

  @Test("a new file is none where something has the name")
  func taken() throws {
    let place = try Place()
    symlink("elsewhere", place.file("a"))
    let error = #expect(throws: FileError.self) { try FileWriter.create(place.file("a"), [1]) }
    #expect(error?.code == EEXIST)
    #expect(!Files.exists(place.file("elsewhere")))
  }
}
