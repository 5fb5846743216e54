import Glibc
import Testing

@testable import FileSystem

@Suite("Files and folders")
struct FolderTests {
  @Test("removing a tree follows no link, and takes names that are no UTF-8")
  func removal() throws {
    let place = try Place()
    try Files.makeDirectory(place.file("kept"))
    try Files.write([1], to: place.file("kept/a"))
    try Files.makeDirectory(place.file("gone/deep/deeper"))
    symlink(place.file("kept"), place.file("gone/deep/link"))
    let name = (Array(place.file("gone/deep/").utf8) + [0xFF, 0xFE, 0]).map {
      CChar(bitPattern: $0)
    }
    #expect(mkdir(name, 0o700) == 0)
    Files.removeTree(place.file("gone"))
    #expect(Files.names(in: place.path) == ["kept"])
    #expect(try Files.read(place.file("kept/a")) == [1])
  }

  @Test(
    "a path is made absolute by its words",
    arguments: [
      ("/a/b/../c", "/a/c"), ("/a//b/./c/", "/a/b/c"), ("/../..", "/"), ("/", "/"),
    ])
  func standardized(path: String, expected: String) {
    #expect(Files.standardized(path) == expected)
  }

  @Test("a relative path begins at the working directory")
  func relative() {
    #expect(Files.standardized("x/../y") == Files.workingDirectory + "/y")
    #expect(Files.absolute(".") == Files.workingDirectory)
    #expect(Files.absolute("x") == Files.workingDirectory + "/x")
  }

  @Test("a pipe is not waited for, and a folder is no file")
  func special() throws {
    let place = try Place()
    mkfifo(place.file("pipe"), 0o600)
    #expect(throws: FileError.self) { try Files.read(place.file("pipe")) }
    #expect(throws: FileError.self) { try Files.read(place.path) }
    #expect(Files.readPlain(place.file("pipe")) == nil)
    let missing = #expect(throws: FileError.self) { try Files.read(place.file("missing")) }
    #expect(missing?.fault == .place)
    #expect(missing?.reason == "No such file or directory")
  }

  @Test("what somebody else may write to is not taken for the user's own")
  func owned() throws {
    let place = try Place()
    try Files.write([1], to: place.file("a"), mode: 0o600)
    #expect(Files.readPlain(place.file("a"), ownedBy: geteuid()) == [1])
    chmod(place.file("a"), 0o622)
    #expect(Files.readPlain(place.file("a"), ownedBy: geteuid()) == nil)
    #expect(Files.readPlain(place.file("a"), ownedBy: geteuid() + 1) == nil)
    symlink("a", place.file("link"))
    #expect(Files.readPlain(place.file("link")) == nil)
  }

  @Test("a file in the way of a folder is an error that names the folder")
  func inTheWay() throws {
    let place = try Place()
    try Files.write([1], to: place.file("a"))
    let error = #expect(throws: FileError.self) {
      try Files.makeDirectory(place.file("a/b/c"))
    }
    #expect(error?.description.contains("to make the folder") == true)
    #expect(throws: FileError.self) { try Files.makeDirectory(place.file("a")) }
    try Files.makeDirectory(place.path)
  }

  @Test("temporary files go to what TMPDIR names, also where nothing can go there")
  func temporaryDirectory() throws {
    let place = try Place()
    try Files.write([1], to: place.file("a"))
    for name in [nil, ""] { #expect(Files.temporaryDirectory(named: name) == "/tmp") }
    for name in ["/nowhere", place.file("a"), place.file("a/b")] {
      #expect(Files.temporaryDirectory(named: name) == name)
      let error = #expect(throws: FileError.self) { try TemporaryFolder("none", in: name) }
      #expect(error?.fault == .unwritable, "\(name)")
      #expect(error?.description.contains("in \(name), found: ") == true)
      #expect(error?.description.hasSuffix("set TMPDIR to another folder") == true)
    }
    #expect(Files.temporaryDirectory(named: place.path) == place.path)
    #expect(Files.temporaryDirectory(named: place.path + "/") == place.path)
    #expect(Files.temporaryDirectory(named: "/") == "/")
  }

  @Test("a temporary folder of a process that was killed goes with the next one's")
  func sweeping() throws {
    let gone = try Place()
    let left = gone.file("strata-run-4194999-abcdef")
    try Files.makeDirectory(left)
    let kept = gone.file("strata-run-\(getpid())-abcdef")
    try Files.makeDirectory(kept)
    let made = try TemporaryFolder("run", in: gone.path)
    #expect(Files.isDirectory(made.path) && made.path.hasPrefix(gone.path + "/strata-run-"))
    #expect(!Files.exists(left))
    #expect(Files.exists(kept))
    made.remove()
    #expect(!Files.exists(made.path))
  }
}
