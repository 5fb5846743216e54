import Testing

@testable import Importers

@Suite("The section [alembic] of an ini")
struct IniFileTests {
  private func value(_ name: String, in text: String) throws -> String? {
    let folder = try TemporaryFolder()
    return try IniFile(path: folder.write(text, to: "alembic.ini")).value(name)?
      .replacing(folder.path, with: "HERE")
  }

  @Test("Indented options, lists over several lines, comments among them and colons are read")
  func layouts() throws {
    let text = """
      [alembic]
        script_location: db
        version_locations =
           %(here)s/one
           # not this one

           two  ; not a comment
        path_separator = newline
      [other] # what stands behind a section says nothing
      script_location = elsewhere
      """
    #expect(try value("script_location", in: text) == "db")
    #expect(try value("version_locations", in: text) == "\nHERE/one\n\ntwo  ; not a comment")
    #expect(try value("PATH_SEPARATOR".lowercased(), in: text) == "newline")
    #expect(try value("prepend_sys_path", in: text) == nil)
    #expect(try value("script_location", in: "[alembic]\r\nScript_Location = x\r\n") == "x")
  }

  @Test("What is interpolated is what configparser interpolates")
  func interpolation() throws {
    let text = """
      [DEFAULT]
      a = 100%%-%(B)s
      b = deep
      [alembic]
      script_location = %(a)s/%(here)s
      b = deeper
      """
    #expect(try value("script_location", in: text) == "100%-deeper/HERE")
  }

  @Test(
    "What configparser refuses is refused with its line or its name",
    arguments: [
      ("[alembic]\nx", "line 2: expected [SECTION] or NAME = VALUE, found 'x'"),
      ("x = 1\n[alembic]", "line 1: it stands before any section"),
      ("[alembic]\nx = 1\nX = 2", "line 3: x is there twice in [alembic]"),
      ("[alembic]\n[alembic]", "line 2: the section [alembic] is there twice"),
      ("[alembic]\n= 1", "line 2: expected [SECTION] or NAME = VALUE, found '= 1'"),
      (
        "[alembic]\ny = %(z)s", "the value of y asks for %(z)s, which is not there"
      ),
      ("[alembic]\ny = 5%", "the value of y has a % that is followed by neither % nor (NAME)s"),
      ("[alembic]\ny = %(y)s", "the value of y names itself, or others too deeply"),
    ])
  func refused(_ text: String, _ why: String) throws {
    let said = message { _ = try value("y", in: text) }
    #expect(said.contains(": \(why); name the versions folder itself instead"), "\(said)")
  }

  @Test(
    "A project's import paths are found beside its ini, also where the versions folder is named")
  func importPaths() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "db/env.py")
    try folder.write("", to: "db/versions/a.py")
    try folder.write("", to: "db/other/b.py")
    try folder.write(
      "[alembic]\nscript_location = db\nprepend_sys_path = . src gone", to: "alembic.ini")
    let expected = [folder.path, folder.path + "/src", folder.path + "/gone"]
    for path in ["", "/alembic.ini", "/db", "/db/versions", "/db/other"] {
      let location = try AlembicLocation(folder.path + path)
      #expect(location.importPaths == expected, "\(path)")
      #expect(location.ini == folder.path + "/alembic.ini")
    }
  }
}
