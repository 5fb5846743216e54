import DialectRegistry
import Glibc
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite(
  "Workflows on an Alembic folder",
  .enabled(if: AlembicPython.path != nil, "no Python with Alembic"))
struct AlembicFolderTests {
  private let folder: TestFolder
  private let history: History
  private let settings = AlembicSettings(python: AlembicPython.path)

  init() throws {
    folder = try TestFolder()
    history = try History.create(at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
    for (number, body) in [
      "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))",
      "op.add_column('users', sa.Column('mail', sa.Text))",
      "op.execute('CREATE UNIQUE INDEX users_mail ON users (lower(mail))')",
    ].enumerated() {
      let parent = number == 0 ? "None" : "'a\(number)'"
      try folder.write(
        """
        from alembic import op
        import sqlalchemy as sa
        revision = 'a\(number + 1)'
        down_revision = \(parent)

        def upgrade():
            \(body)

        """, to: "versions/a\(number + 1)_step.py")
    }
  }

  private var versions: String { folder.path + "/versions" }

  @Test("A folder is imported, cut with proof by Alembic itself, and put back to the byte")
  func course() throws {
    let listener = Listening()
    let context = WorkflowContext(listener: listener)
    let imported = try AlembicImport(folder: versions, settings: settings)
      .run(in: history, by: "Ada", context)
    #expect(imported.recorded == ["a1", "a2", "a3"])
    #expect(listener.heard.contains("import 3/3 a3"))
    let files = try folder.names("versions")
    let text = try folder.text("versions/a2_step.py")

    let cut = try HistoryTruncation(at: "a2", source: .alembic(versions, settings))
      .run(in: history, by: "Ada", context)
    #expect(
      cut.proof.last
        == "Alembic on the rewritten folder from empty: fingerprint and rows as recorded at a3")
    #expect(try folder.names("versions") == ["a2_step.py", "a3_step.py"])
    #expect(listener.heard.contains { $0.hasPrefix("prove ") })

    let back = try HistoryRestoration(folder: versions).run(in: history, by: "Ada", context)
    #expect(back.plan.revisions == ["a1", "a2"])
    #expect(try folder.names("versions") == files)
    #expect(try folder.text("versions/a2_step.py") == text)
  }

  @Test(
    "Two heads say how they become one, and what `alembic merge heads` writes is cut as any other")
  func heads() throws {
    let python = try #require(AlembicPython.path)
    func alembic(_ words: String...) throws {
      let ran = try running(
        "/bin/sh",
        ["-c", "cd '\(folder.path)' && '\(python)' -B -m alembic \(words.joined(separator: " "))"])
      try #require(ran.code == 0, "\(ran.text)")
    }
    try alembic("init", "s")
    for name in try folder.names("versions") {
      try folder.write(try folder.text("versions/" + name), to: "s/versions/" + name)
    }
    try folder.write(
      """
      from alembic import op
      revision = 'b2'
      down_revision = 'a1'
      def upgrade():
          op.execute("CREATE TABLE side (x)")

      """, to: "s/versions/b2.py")
    let ini = folder.path + "/alembic.ini"
    let settings = AlembicSettings(python: AlembicPython.path, usesEnv: false)
    let work = AlembicImport(folder: ini, settings: settings)
    let imported = try work.run(in: history, by: "Ada")
    let advice =
      "`alembic merge heads` writes a migration that follows them all, and an import records it"
    #expect(imported.joining == advice)
    for (body, message) in [
      (
        { _ = try BaselineCreation().run(in: history) },
        "expected one head, found 2: a3, b2; name the one you mean, or bring them together: \(advice)"
      ),
      (
        {
          _ = try HistoryTruncation(at: "a3", source: .alembic(ini, settings))
            .run(in: history, by: "Ada")
        },
        "cannot truncate at a3: b2 branches off at a1, before the cut. The nearest cut that works is a1. "
          + "Behind a revision that follows all heads any cut works: \(advice)"
      ),
    ] as [(() throws -> Void, String)] {
      let error = #expect(throws: HistoryError.self) { try body() }
      #expect(error?.description == message)
    }
    try alembic("merge", "heads", "-m", "both")
    let merged = try work.run(in: history, by: "Ada")
    let merge = try #require(merged.recorded.first)
    #expect(merged.joining == nil)
    #expect(
      Set(try history.schema(at: merge).paths.map(\.name)) == ["users", "users_mail", "side"])
    let cut = try HistoryTruncation(at: merge.text, source: .alembic(ini, settings))
      .run(in: history, by: "Ada")
    #expect(cut.proof.last?.hasSuffix("as recorded at \(merge)") == true)
  }

  @Test(
    "A migration that follows another one than when it was recorded is named, and no cut is made")
  func moved() throws {
    _ = try AlembicImport(folder: versions, settings: settings).run(in: history, by: "Ada")
    let text = try folder.text("versions/a3_step.py")
    try folder.write(
      text.replacing("down_revision = 'a2'", with: "down_revision = 'b3'"),
      to: "versions/a3_step.py")
    try folder.write(
      text.replacing("'a3'", with: "'b3'").replacing(
        "users_mail ON users (lower", with: "b3 ON users (upper"),
      to: "versions/b3_step.py")
    let result = try AlembicImport(folder: versions, settings: settings).run(in: history, by: "Ada")
    let said = "a3_step.py follows b3 now, and followed a2 when revision a3 was recorded"
    #expect(result.recorded == ["b3"])
    #expect(result.warnings.contains { $0.contains(said) })
    #expect(result.joining == nil)
    let error = #expect(throws: WorkflowError.self) {
      _ = try HistoryTruncation(at: "a2", source: .alembic(versions, settings))
        .run(in: history, by: "Ada")
    }
    #expect(error.map { "\($0)".contains(said) } == true)
  }

  @Test(
    "A file that was renamed is the one that is cut, renamed and changed only where that is wished")
  func renamed() throws {
    for root in ["a2", "a3"] {
      for change in ["", "# seen\n"] {
        let place = folder.path + "/\(root)\(change.utf8.count)"
        let history = try History.create(
          at: place + ".store", dialect: Dialects.usual, by: "Ada")
        let versions = place + "/versions"
        for name in try folder.names("versions") where name.hasSuffix(".py") {
          try folder.write(
            folder.text("versions/" + name),
            to: "\(root)\(change.utf8.count)/versions/\(name)")
        }
        _ = try AlembicImport(folder: versions, settings: settings).run(in: history, by: "Ada")
        let (old, new) = ("\(root)\(change.utf8.count)/versions/a2_step.py", "a2_better.py")
        let text = try folder.text(old)
        try folder.remove(old)
        try folder.write(text + change, to: "\(root)\(change.utf8.count)/versions/\(new)")
        let before = try folder.names("\(root)\(change.utf8.count)/versions")
        var cut = HistoryTruncation(at: root, source: .alembic(versions, settings))
        if !change.isEmpty {
          let error = #expect(throws: HistoryError.self) { try cut.run(in: history, by: "Ada") }
          #expect(error.map { "\($0)" }?.contains(new) == true, "\(error as Any)")
          cut.isForced = true
        }
        #expect(try cut.run(in: history, by: "Ada").proof.count == 2)
        let left = root == "a2" ? [new, "a3_step.py"] : ["a3_step.py"]
        #expect(try folder.names("\(root)\(change.utf8.count)/versions").sorted() == left.sorted())
        _ = try HistoryRestoration(folder: versions).run(in: history, by: "Ada")
        #expect(try folder.names("\(root)\(change.utf8.count)/versions") == before)
      }
    }
  }

  @Test("A head whose file has another id now is one that is gone, and forbids no cut")
  func otherID() throws {
    _ = try AlembicImport(folder: versions, settings: settings).run(in: history, by: "Ada")
    let text = try folder.text("versions/a3_step.py")
    try folder.write(text.replacing("'a3'", with: "'f6'"), to: "versions/a3_step.py")
    for recorded in [["f6"], []] as [[RevisionID]] {
      let result = try AlembicImport(folder: versions, settings: settings)
        .run(in: history, by: "Ada")
      #expect(result.recorded == recorded && result.joining == nil)
      #expect(
        result.replacedRevisions == [
          "a3_step.py is revision f6 now, and no file is left of a3: the history keeps both, as two "
            + "branches, and Alembic finds no a3 in databases that hold it"
        ])
      #expect(result.warnings.contains { $0.hasPrefix("a3_step.py is revision f6 now") })
    }
    let cut = try HistoryTruncation(at: "a2", source: .alembic(versions, settings))
      .run(in: history, by: "Ada")
    #expect(cut.warnings.contains { $0.contains("is of a3: left out of the proof") })
    #expect(cut.proof.last?.hasSuffix("as recorded at f6") == true, "\(cut.proof)")
  }

  @Test("Two that are others now, under other names, are told; a branch that only went is not")
  func otherIDs() throws {
    func revision(_ id: String, after parent: String, _ sql: String) throws {
      try folder.write(
        """
        from alembic import op
        revision = '\(id)'
        down_revision = '\(parent)'
        def upgrade():
            op.execute("\(sql)")

        """, to: "versions/\(id)_step.py")
    }
    try revision("c4", after: "a3", "CREATE TABLE c4 (x)")
    try revision("c5", after: "c4", "CREATE TABLE c5 (x)")
    try revision("d4", after: "a3", "CREATE TABLE d4 (x)")
    _ = try AlembicImport(folder: versions, settings: settings).run(in: history, by: "Ada")
    for name in ["c4", "c5", "d4"] { try folder.remove("versions/\(name)_step.py") }
    try revision("e4", after: "a3", "CREATE TABLE c4 (x)")
    try revision("e5", after: "e4", "CREATE TABLE c5 (x)")
    let result = try AlembicImport(folder: versions, settings: settings)
      .run(in: history, by: "Ada")
    #expect(result.replacedRevisions.count == 2)
    for (line, number) in zip(result.replacedRevisions, [4, 5]) {
      #expect(
        line.hasPrefix(
          "e\(number)_step.py is revision e\(number) now, and no file is left of c\(number), recorded of "
            + "c\(number)_step.py:"), "\(line)")
    }
  }

  @Test("A migration that follows an archived one is told what became of that, and changes nothing")
  func behindArchived() throws {
    _ = try AlembicImport(folder: versions, settings: settings).run(in: history, by: "Ada")
    _ = try HistoryTruncation(at: "a2", source: .alembic(versions, settings))
      .run(in: history, by: "Ada")
    for follows in ["down_revision = 'a1'", "down_revision = 'a3'\ndepends_on = 'a1'"] {
      try folder.write(
        "revision = 'b9'\n\(follows)\n\ndef upgrade():\n    pass\n", to: "versions/b9_step.py")
      let error = #expect(throws: WorkflowError.self) {
        _ = try AlembicImport(folder: versions, settings: settings).run(in: history, by: "Ada")
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("comes after a1, which a cut has archived"), "\(text)")
      #expect(text.contains("the newest (a3)") && error?.fault == .input, "\(text)")
    }
    #expect(try history.heads() == ["a3"])
  }

  @Test("A folder that is named by the one above its versions is put back by that name, too")
  func above() throws {
    let named = folder.path
    _ = try AlembicImport(folder: named, settings: settings).run(in: history, by: "Ada")
    _ = try HistoryTruncation(at: "a2", source: .alembic(named, settings))
      .run(in: history, by: "Ada")
    #expect(try folder.names("versions") == ["a2_step.py", "a3_step.py"])
    _ = try HistoryRestoration(folder: named).run(in: history, by: "Ada")
    #expect(try folder.names("versions") == ["a1_step.py", "a2_step.py", "a3_step.py"])
  }

  @Test("A cut that runs the migrations again starts Python once, for both folders")
  func onePython() throws {
    let real = try #require(AlembicPython.path)
    try folder.write(
      "#!/bin/sh\necho start >>'\(folder.path)/starts'\nexec '\(real)' \"$@\"\n", to: "python")
    chmod(folder.path + "/python", 0o755)
    try folder.write(
      """
      from alembic import op
      revision = 'a4'
      down_revision = 'a3'
      def upgrade():
          op.execute("INSERT INTO users VALUES (1, 'ada')")

      """, to: "versions/a4_step.py")
    let counted = AlembicSettings(python: folder.path + "/python")
    func starts() throws -> Int {
      guard try folder.names(".").contains("starts") else { return 0 }
      return try folder.text("starts").split(separator: "\n").count
    }
    let context = WorkflowContext()
    let imported = AlembicImport(folder: versions, settings: counted)
    _ = try imported.run(in: history, by: "Ada", context)
    #expect(try starts() == 1)
    _ = try imported.run(in: history, by: "Ada", context)
    #expect(try starts() == 1)
    let cut = try HistoryTruncation(at: "a4", source: .alembic(versions, counted))
      .run(in: history, by: "Ada", context)
    #expect(cut.proof.last?.hasSuffix("fingerprint and rows as recorded at a4") == true)
    #expect(try starts() == 2)
  }
}
