import Testing

@Suite("Sizes")
struct SizeTests {
  static let fileLineCountMax = 300
  static let functionLineCountMax = 70

  @Test("no file of code is longer than 300 lines: Swift, Python, shell or C")
  func fileSizes() throws {
    for path in try Self.files() {
      let count =
        try Checkout.text(path).split(separator: "\n", omittingEmptySubsequences: false)
        .count - 1
      #expect(count <= Self.fileLineCountMax, "\(path) has \(count) lines: cut it by what it means")
    }
  }

  @Test("no function is longer than 70 lines")
  func functionSizes() throws {
    for path in try Self.files() {
      let functions =
        path.hasSuffix(".swift")
        ? Self.functions(of: try SwiftText(path))
        : Self.scriptFunctions(of: try Checkout.text(path))
      for function in functions {
        #expect(
          function.lineCount <= Self.functionLineCountMax,
          "\(path): \(function.name) has \(function.lineCount) lines")
      }
    }
  }

  /// Everything that is code, by its name or by the interpreter that its first line asks for.
  static func files() throws -> [String] {
    let suffixes = [".swift", ".py", ".sh", ".c", ".h"]
    let folders = ["Sources", "Tests", "store", "tools", "docs", ".ci"]
    return try folders.flatMap { try Checkout.files(under: $0, suffix: "") }.filter { path in
      if suffixes.contains(where: path.hasSuffix) { return true }
      let name = path.split(separator: "/").last ?? ""
      return try !name.contains(".") && Checkout.text(path).hasPrefix("#!")
    }
  }

  /// Functions of Python and of shell: from the line that names one to the last line that stands
  /// further in, or to the brace that ends it.
  static func scriptFunctions(of text: String) -> [(name: String, lineCount: Int)] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var result: [(String, Int)] = []
    for (start, line) in lines.enumerated() {
      let indentation = line.prefix { $0 == " " }.count
      let words = line.split { $0 == " " || $0 == "(" }
      let isPython = words.first == "def" || words.starts(with: ["async", "def"])
      let isShell = line.hasSuffix("() {")
      guard isPython || isShell,
        let name = isPython
          ? words.first(where: { !$0.hasSuffix("def") && $0 != "async" }) : words.first
      else { continue }
      var last = start
      // The parentheses of a head that takes several lines close at its own depth.
      for (number, other) in lines.enumerated().dropFirst(start + 1) where !other.isEmpty {
        let depth = other.prefix { $0 == " " }.count
        if depth <= indentation, !other.drop(while: { $0 == " " }).hasPrefix(")") {
          if isShell { last = number }
          break
        }
        last = number
      }
      result.append((String(name), last - start + 1))
    }
    return result
  }

  /// Functions by their indentation: the formatter ends each with a brace under its first line.
  static func functions(of text: SwiftText) -> [(name: String, lineCount: Int)] {
    var result: [(String, Int)] = []
    for (start, line) in text.code.enumerated() {
      let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
      guard let place = words.firstIndex(where: { $0 == "func" || $0 == "init" }),
        words[..<place].allSatisfy({ Self.modifiers.contains($0) })
      else { continue }
      let indentation = line.prefix { $0 == " " }
      // One line holds it all, or it is a requirement of a protocol.
      if line.hasSuffix("}") || !line.contains("(") || line.contains(".init") { continue }
      let end = text.code[(start + 1)...].firstIndex { $0.hasPrefix(indentation + "}") }
      guard let end else { continue }
      let next = text.code[(start + 1)..<end].firstIndex { other in
        other.hasPrefix(indentation + "func ") || other.hasPrefix(indentation + "public func ")
      }
      if next != nil { continue }
      result.append((words[place...].prefix(2).joined(separator: " "), end - start + 1))
    }
    return result
  }

  private static let modifiers: Set = [
    "public", "private", "fileprivate", "internal", "package", "static", "mutating", "override",
    "final", "nonisolated", "convenience", "required", "class", "discardableResult", "Test",
    "borrowing", "consuming", "inlinable",
  ]

  @Test("the net catches what it must")
  func canary() throws {
    let functions = Self.functions(of: try SwiftText("Tests/Tidy/SizeTests.swift"))
    #expect(functions.contains { $0.name == "func functions" && $0.lineCount > 15 })
    let files = Set(try Self.files())
    for path in [
      "tools/test", "tools/corpus/fetch", "tools/corpus/accept_pg.py", "tools/crash/shim.c",
      "tools/alembic/tests/support.py", ".ci/run", "tools/benchmark/run",
    ] {
      #expect(files.contains(path), "\(path) is not looked at")
    }
    let script = """
      def short(): return 1

      class A:
          async def long(
              self,
          ):
              a

              b
      done() {
        x
      }
      """
    let found = Self.scriptFunctions(of: script)
    #expect(found.map(\.name) == ["short", "long", "done"])
    #expect(found.map(\.lineCount) == [1, 6, 3])
  }
}
