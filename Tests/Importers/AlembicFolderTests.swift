import FoundationEssentials
import SchemaModel
import Testing

@testable import Importers

@Suite("Alembic folders")
struct AlembicFolderTests {
  static func migration(_ id: String, after: String?, extra: String = "", body: String = "pass")
    -> String
  {
    """
    \"\"\"make \(id)

    Revision ID: \(id)
    Create Date: 2024-05-01 12:00:00.250000
    \"\"\"
    from alembic import op
    import sqlalchemy as sa
    revision = "\(id)"
    down_revision = \(after ?? "None")
    \(extra)

    def upgrade():
        \(body)


    def downgrade():
        pass

    """
  }

  private let python = PythonInterpreter(executable: "python3", origin: "the PATH")

  @Test("The versions folder, the folder above it and alembic.ini lead to the same place")
  func locations() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      [DEFAULT]
      home = db
      [alembic]
      # where
      script_location = %(here)s/%(home)s/alembic
      [loggers]
      keys = root
      """, to: "alembic.ini")
    try folder.write("", to: "db/alembic/env.py")
    try folder.write("", to: "db/alembic/versions/a.py")
    let expected = folder.path + "/db/alembic/versions"
    for path in ["", "/alembic.ini", "/db/alembic", "/db/alembic/versions"] {
      let location = try AlembicLocation(folder.path + path)
      #expect(location.versions == [expected], "\(path)")
      #expect(location.root == expected)
      #expect(location.ini == folder.path + "/alembic.ini")
      #expect(location.scriptLocation == folder.path + "/db/alembic")
    }
    let bare = try AlembicLocation(expected + "/../versions/.")
    #expect(bare.versions == [expected])
  }

  @Test("Several version locations, read with their subfolders, share the folder above as root")
  func severalLocations() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      [alembic]
      script_location = app
      version_locations = app/one %(here)s/app/two
      recursive_version_locations = true
      """, to: "alembic.ini")
    try folder.write(Self.migration("a", after: nil), to: "app/one/deep/a.py")
    try folder.write(Self.migration("b", after: "'a'"), to: "app/two/b.py")
    let read = try AlembicFolder(folder.path)
    #expect(read.location.root == folder.path + "/app")
    let drafts = try read.drafts(through: Bridge(python: python))
    #expect(drafts.map(\.id) == ["a", "b"])
    #expect(drafts.map { $0.source?.path } == ["one/deep/a.py", "two/b.py"])
  }

  @Test("A draft has id, parents, labels, dependencies, message, date and the file's bytes")
  func drafts() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      Self.migration("a1", after: nil, extra: "branch_labels = ('core',)"), to: "a1.py")
    let text = Self.migration("b2", after: "('a1', 'c3')", extra: "depends_on = 'core'  # é")
    try folder.write(text, to: "b2.py")
    try folder.write(Self.migration("c3", after: nil), to: "c3.py")
    try folder.write("# helpers only", to: "helpers.py")
    try folder.write("revision", to: "notes.txt")
    let drafts = try AlembicFolder(folder.path).drafts(through: Bridge(python: python))
    let draft = try #require(drafts.first { $0.id == "b2" })
    #expect(drafts.count == 3)
    #expect(draft.parents == ["a1", "c3"])
    #expect(draft.dependsOn == ["core"])
    #expect(try MigrationGraph(drafts).draft("b2")?.dependsOn == ["a1"])
    #expect(draft.message == "make b2")
    #expect(draft.authored?.description == "2024-05-01T12:00:00.250Z")
    #expect(draft.source == SourceFile(format: .alembic, path: "b2.py", up: Array(text.utf8)))
    #expect(drafts.first { $0.id == "a1" }?.labels == ["core"])
  }

  @Test("Where every file is as it was recorded, Python is not started")
  func recorded() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.migration("a", after: nil), to: "a.py")
    try folder.write("", to: "__init__.py")
    let read = try AlembicFolder(folder.path)
    let bridge = Bridge(python: PythonInterpreter(executable: "/no/python", origin: "--python"))
    let drafts = try read.drafts(through: bridge) { path, _ in
      path == "a.py" ? RevisionDraft("a") : nil
    }
    #expect(drafts.map(\.id) == ["a"])
    #expect(!bridge.isRunning)
    #expect(
      message { _ = try read.drafts(through: bridge) }
        == "cannot start Python (/no/python, from --python): No such file or directory; name the interpreter of the project with --python"
    )
  }

  @Test("A file whose place in the graph is computed is named with its line")
  func unparsable() throws {
    let folder = try TemporaryFolder()
    try folder.write("revision = make_one()\n", to: "a.py")
    try folder.write("revision = 'b'\nif\n", to: "b.py")
    let text = message {
      _ = try AlembicFolder(folder.path).drafts(through: Bridge(python: python))
    }
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.first?.hasPrefix("a.py:1: ") == true, "\(text)")
    #expect(lines.dropFirst().first?.hasPrefix("b.py:2: ") == true, "\(text)")
  }

  @Test("No folder, an empty one, and an ini without its section are told apart")
  func unusable() throws {
    #expect(
      message { _ = try AlembicFolder("/no/such/folder") }
        == "/no/such/folder is not there: expected an Alembic versions folder, the folder above it, or alembic.ini"
    )
    let folder = try TemporaryFolder()
    #expect(
      message { _ = try AlembicFolder(folder.path).drafts(through: Bridge(python: python)) }
        == "nothing to import in \(folder.path): expected Python files that assign 'revision'")
    let ini = try folder.write("[other]\nscript_location = x\n", to: "alembic.ini")
    #expect(
      message { _ = try AlembicFolder(ini) }
        == "cannot use \(ini): it has no section [alembic] (-n takes another: other); name the versions folder itself instead"
    )
    try folder.write("[alembic]\nscript_location = gone\n", to: "alembic.ini")
    #expect(
      message { _ = try AlembicFolder(ini) }
        == "\(folder.path)/gone/versions is not there: expected the versions folder that \(ini) names"
    )
    #expect(
      message { _ = try AlembicOptions(namingConvention: "[1]") }
        == "the naming convention is not understood: found [1]; expected a JSON object such as {\"ix\": \"ix_%(column_0_label)s\"}"
    )
  }

  @Test("A link to nothing is named, not opened")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.migration("a", after: nil), to: "a.py")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/b.py", withDestinationPath: folder.path + "/gone")
    #expect(
      message { _ = try AlembicFolder(folder.path).drafts(through: Bridge(python: python)) }
        == "expected a regular file at \(folder.path)/b.py, found a link to nothing; put the "
        + "migration itself there, or take the name away. Nothing was run")
  }

  @Test("The interpreter: --python, the active environment, one beside or above, the PATH")
  func interpreters() throws {
    let folder = try TemporaryFolder()
    _ = try folder.program("#!/bin/sh\n", named: "project/.venv/bin/python")
    _ = try folder.program("#!/bin/sh\n", named: "active/bin/python")
    let versions = folder.path + "/project/db/versions"
    func chosen(_ explicit: String?, _ active: String?, _ folder: String) -> String {
      PythonInterpreter.choose(explicit: explicit, folder: folder, virtualEnvironment: active)
        .description
    }
    #expect(chosen("py", folder.path + "/active", versions) == "py, from --python")
    #expect(
      chosen(nil, folder.path + "/active", versions)
        == "\(folder.path)/active/bin/python, from VIRTUAL_ENV")
    #expect(
      chosen(nil, nil, versions)
        == "\(folder.path)/project/.venv/bin/python, from the folder \(folder.path)/project/.venv")
    #expect(chosen(nil, "/gone", folder.path) == "python3, from the PATH")
  }

  @Test("A Python that hangs, dies or talks nonsense gives one clear error each")
  func badPythons() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.migration("a", after: nil), to: "v/a.py")
    let read = try AlembicFolder(folder.path + "/v")
    func text(_ program: String, isPython: Bool = true) throws -> String {
      let answer = isPython ? "[ \"$1\" = -c ] && printf 'Python 3.11' && exit\n" : ""
      let path = try folder.program("#!/bin/sh\n" + answer + program, named: "python")
      let bridge = Bridge(
        python: PythonInterpreter(executable: path, origin: "--python"), limit: .seconds(1))
      return message { _ = try read.drafts(through: bridge) }
        .replacing(path, with: "PYTHON")
    }
    #expect(
      try text("sleep 100")
        == "Python had not answered after 1 s and was stopped: give it more time with --timeout")
    #expect(
      try text("read x; echo broken >&2; exit 7")
        == "Python ended (PYTHON, from --python): PYTHON ended before its time (exit code 7); its last words:\n  broken"
    )
    #expect(
      try text("read x; echo broken >&2; exit 7", isPython: false)
        == "cannot start Python (PYTHON, from --python): expected a Python, found a program that is none (broken); name the interpreter of the project with --python"
    )
    #expect(
      try text("[ \"$1\" = -c ] && printf 'Python 3.7' && exit; exit 1", isPython: false)
        == "cannot start Python (PYTHON, from --python): expected Python 3.8 or newer, found Python 3.7; name the interpreter of the project with --python"
    )
    #expect(
      try text("read x; echo hello; read y")
        == "Python (PYTHON, from --python) answered out of turn: expected a reply, found hello")
    #expect(
      try text(
        #"read x; echo '{"reply":"error","code":"missing-package","package":"alembic","message":"No module"}'; read y"#
      )
        == "Python (PYTHON, from --python) has no alembic: No module\nnext: install it there, or name the interpreter of the project's environment with --python"
    )
  }
}

@Suite("Authors from git")
struct GitAuthorsTests {
  private func git(_ folder: String, _ arguments: String...) throws {
    let identity = ["-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.org"]
    let result = try output("git", ["-C", folder] + identity + arguments)
    #expect(result.code == 0, "\(result.text)")
  }

  @Test("A file has the author and date of the commit that added it, through renames")
  func authors() throws {
    let folder = try TemporaryFolder()
    try git(folder.path, "init", "-q")
    let long = String(repeating: "a line of some length\n", count: 20)
    try folder.write(long, to: "db/versions/a b.py")
    try folder.write("other", to: "elsewhere.py")
    try git(folder.path, "add", ".")
    try git(
      folder.path, "commit", "-q", "-m", "one", "--author", "Grace Hopper <grace@example.org>",
      "--date", "2020-01-02T03:04:05Z")
    try git(folder.path, "mv", "db/versions/a b.py", "db/versions/c.py")
    try folder.write(long + "é", to: "db/versions/ü.py")
    try folder.write("b", to: "db/versions/b.py")
    try git(folder.path, "add", ".")
    try git(folder.path, "commit", "-q", "-m", "two")
    try folder.write("new", to: "db/versions/new.py")
    let authors = GitAuthors(folder: folder.path + "/db/versions")
    #expect(authors.files["c.py"]?.author == "Grace Hopper <grace@example.org>")
    #expect(authors.files["c.py"]?.date.description == "2020-01-02T03:04:05Z")
    #expect(authors.files["b.py"]?.author == "Ada Lovelace <ada@example.org>")
    #expect(authors.files["ü.py"]?.author == "Ada Lovelace <ada@example.org>")
    #expect(authors.files["new.py"] == nil)
    #expect(authors.files["elsewhere.py"] == nil)
    var draft = RevisionDraft("c")
    draft.authored = Timestamp(milliseconds: 0)
    #expect(authors.applied(to: [draft]).first?.author == "Grace Hopper <grace@example.org>")
    #expect(authors.applied(to: [draft]).first?.authored?.day == "2020-01-02")
  }

  @Test("A folder outside every repository has no authors and no complaint")
  func noRepository() throws {
    let authors = GitAuthors(folder: try TemporaryFolder().path)
    #expect(authors.files.isEmpty)
    #expect(authors.problem == nil)
  }

  @Test("A thousand files in twenty commits take less than three seconds")
  func many() throws {
    let folder = try TemporaryFolder()
    try git(folder.path, "init", "-q")
    for commit in 0..<20 {
      for file in 0..<50 { try folder.write("\(commit) \(file)", to: "\(commit)_\(file).py") }
      try git(folder.path, "add", ".")
      try git(folder.path, "commit", "-q", "-m", "\(commit)")
    }
    let started = ContinuousClock.now
    #expect(GitAuthors(folder: folder.path).files.count == 1000)
    #expect(started.duration(to: .now) < .seconds(30))
  }
}
