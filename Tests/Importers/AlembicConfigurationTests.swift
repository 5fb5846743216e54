import Testing

@testable import Importers

@Suite("Where an Alembic project says that its parts are")
struct AlembicConfigurationTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for path in ["db/scripts/script.py.mako", "db/core/a.py", "db/addon/x.py"] {
      try folder.write("", to: path)
    }
  }

  private func located(_ path: String, _ lookup: AlembicLookup = AlembicLookup()) throws -> String {
    let location = try AlembicLocation(folder.path + path, lookup)
    func short(_ path: String?) -> String {
      path.map { Disk.relative($0, to: folder.path) } ?? "-"
    }
    return
      "\(short(location.scriptLocation)): \(location.versions.map(short).joined(separator: " "))"
      + (location.importPaths.isEmpty
        ? "" : " path \(location.importPaths.map(short).joined(separator: " "))")
      + (location.ini == nil ? "" : " ini \(short(location.ini))")
      + (location.toml == nil ? "" : " toml \(short(location.toml))")
      + (location.isRecursive ? " recursive" : "")
  }

  private let both = "db/scripts: db/core db/addon"

  @Test("[tool.alembic] is found by the project's folder, the file, and the script location")
  func pyproject() throws {
    try folder.write(
      """
      [tool.alembic]
      script_location = "%(here)s/db/scripts"
      version_locations = ["%(here)s/db/core", "db/addon"]
      prepend_sys_path = [".", "src"]
      recursive_version_locations = true
      """, to: "pyproject.toml")
    for path in ["", "/pyproject.toml", "/db/scripts"] {
      #expect(
        try located(path)
          == both + " path \(folder.path) src toml pyproject.toml recursive", "\(path)")
    }
  }

  @Test("An option of alembic.ini goes before one of the pyproject.toml beside it")
  func iniFirst() throws {
    try folder.write(
      "[tool.alembic]\nscript_location = 'gone'\nversion_locations = ['db/core', 'db/addon']",
      to: "pyproject.toml")
    try folder.write(
      "[alembic]\nscript_location = db/scripts\nsqlalchemy.url = sqlite://", to: "alembic.ini")
    for path in ["", "/pyproject.toml", "/alembic.ini", "/db/scripts"] {
      #expect(try located(path) == both + " ini alembic.ini toml pyproject.toml", "\(path)")
    }
    // As Alembic's own template of that name has it.
    try folder.write(
      "[tool.alembic]\nscript_location = 'db/scripts'\nversion_locations = ['db/addon']",
      to: "pyproject.toml")
    try folder.write("[alembic]\nsqlalchemy.url = sqlite://", to: "alembic.ini")
    #expect(try located("") == "db/scripts: db/addon ini alembic.ini toml pyproject.toml")
    try folder.write("[loggers]\nkeys = root", to: "alembic.ini")
    #expect(try located("") == "db/scripts: db/addon ini alembic.ini toml pyproject.toml")
  }

  @Test(
    "Lists in alembic.ini are split as path_separator says, and as Alembic did before there was one",
    arguments: [
      ("path_separator = os\nversion_locations = db/core:db/addon", "db/core db/addon"),
      ("path_separator = ;\nversion_locations = db/core; db/addon;", "db/core db/addon"),
      ("path_separator = space\nversion_locations = db/core db/addon", "db/core db/addon"),
      ("path_separator = newline\nversion_locations =\n  db/core\n  db/addon", "db/core db/addon"),
      ("version_path_separator = :\nversion_locations = db/core:db/addon", "db/core db/addon"),
      ("version_locations = db/core, db/addon", "db/core db/addon"),
      // Alembic passes over what is not there.
      ("version_locations = db/core gone db/addon", "db/core db/addon"),
      // A package of that name, not two folders.
      ("version_locations = db:core, db:addon", "db/core db/addon"),
    ])
  func separators(_ options: String, _ expected: String) throws {
    try folder.write("[alembic]\nscript_location = db/scripts\n" + options, to: "alembic.ini")
    #expect(try located("") == "db/scripts: \(expected) ini alembic.ini")
  }

  @Test(
    "What Alembic would not understand is refused, also where an ini is found by its script folder",
    arguments: ["", "/alembic.ini", "/db/scripts", "/db/core"])
  func refused(_ path: String) throws {
    try folder.write("", to: "db/env.py")
    let scripts = path == "/db/core" ? "db" : "db/scripts"
    try folder.write(
      "[alembic]\nscript_location = \(scripts)\npath_separator = comma\nprepend_sys_path = .\nversion_locations = db/core",
      to: "alembic.ini")
    #expect(
      message { _ = try located(path) }
        == "cannot use \(folder.path)/alembic.ini: expected space, newline, os, : or ; for "
        + "path_separator, found 'comma'; name the versions folder itself instead")
  }

  @Test("A pyproject.toml that says nothing of Alembic, or not in TOML, is refused as itself")
  func badPyproject() throws {
    let path = try folder.write("[tool.other]\nx = 1", to: "pyproject.toml")
    #expect(message { _ = try located("/pyproject.toml") }.contains("no table [tool.alembic]"))
    for (text, why) in [
      ("[tool.alembic]\nscript_location = 5", "expected a text for script_location"),
      (
        "[tool.alembic]\nscript_location = 'db'\nversion_locations = 'db/core'",
        "expected a list of texts for version_locations"
      ),
      (
        "[tool.alembic]\nscript_location = 'db/%d'",
        "the value of script_location has a % that is followed by neither % nor (here)s"
      ),
      ("[tool.alembic]\nscript_location = db", "line 2: expected"),
    ] {
      try folder.write(text, to: "pyproject.toml")
      let said = message { _ = try located("") }
      #expect(said.hasPrefix("cannot use \(path): ") && said.contains(why), "\(said)")
    }
  }

  @Test("A package's script location is found on --path, on the project's path, and around itself")
  func packages() throws {
    for path in ["app/__init__.py", "app/mig/env.py", "app/mig/versions/a.py"] {
      try folder.write("", to: path)
    }
    // Beside the versions folder, with the package's name.
    try folder.write("[alembic]\nscript_location = app:mig", to: "app/mig/alembic.ini")
    let expected = "app/mig: app/mig/versions ini app/mig/alembic.ini"
    for path in ["/app/mig", "/app/mig/versions", "/app/mig/alembic.ini"] {
      #expect(try located(path) == expected, "\(path)")
    }
    try folder.write("[alembic]\nscript_location = app:mig", to: "conf/alembic.ini")
    let found = AlembicLookup(paths: [folder.path])
    #expect(try located("/conf", found) == "app/mig: app/mig/versions ini conf/alembic.ini")
    try folder.write(
      "[alembic]\nscript_location = a.b:c:d\nprepend_sys_path = lib", to: "conf/alembic.ini")
    try folder.write("", to: "conf/lib/a/b/c/d/versions/x.py")
    #expect(
      try located("/conf")
        == "conf/lib/a/b/c/d: conf/lib/a/b/c/d/versions path conf/lib ini conf/alembic.ini")
    try folder.write("[alembic]\nscript_location = nowhere:mig", to: "conf/alembic.ini")
    #expect(message { _ = try located("/conf") }.contains("--path gives the folder"))
  }

  @Test(
    "An ini beside env.py that names no script location is its own project's, as Flask-Migrate's")
  func flaskMigrate() throws {
    for path in ["migrations/env.py", "migrations/versions/a.py"] { try folder.write("", to: path) }
    try folder.write("[alembic]\n[loggers]\nkeys = root", to: "migrations/alembic.ini")
    for path in ["/migrations", "/migrations/versions", "/migrations/alembic.ini"] {
      #expect(
        try located(path) == "migrations: migrations/versions ini migrations/alembic.ini",
        "\(path)")
    }
  }

  @Test("Another section of the ini is another project")
  func sections() throws {
    try folder.write("", to: "db/versions/a.py")
    try folder.write(
      """
      [one]
      script_location = db/scripts
      version_locations = db/core
      [two]
      script_location = db
      [loggers]
      keys = root
      """, to: "alembic.ini")
    #expect(
      try located("", AlembicLookup(section: "one")) == "db/scripts: db/core ini alembic.ini")
    #expect(try located("", AlembicLookup(section: "two")) == "db: db/versions ini alembic.ini")
    for section in [nil, "three"] {
      #expect(
        message { _ = try located("", AlembicLookup(section: section)) }.contains(
          "it has no section [\(section ?? "alembic")] (-n takes another: one, two)"))
    }
  }

  @Test("A folder `versions` beside alembic.ini is not taken for the one that alembic.ini names")
  func otherVersions() throws {
    try folder.write("", to: "versions/notes.txt")
    try folder.write(
      "[alembic]\nscript_location = db/scripts\nversion_locations = db/core", to: "alembic.ini")
    #expect(try located("") == "db/scripts: db/core ini alembic.ini")
  }
}
