import Testing

@Suite("What must not be left in the house")
struct LeftoverTests {
  /// Code that stops the process, file by file: for our own bugs only, never for bytes from disk,
  /// wire, catalog or user. The list may only shrink.
  static let stops: [String: Int] = [
    "Sources/Importers/Import/HistoryImport.swift: preconditionFailure": 1
  ]

  static let words = ["try!", "as!", "fatalError", "preconditionFailure", "assertionFailure"]

  @Test("nothing stops the process but what is on the list")
  func stopping() throws {
    var found: [String: Int] = [:]
    for path in try Checkout.swiftFiles("Sources", "store", "tools/alembic") {
      for line in try SwiftText(path).code {
        for word in Self.words where line.contains(word) {
          found["\(path): \(word)", default: 0] += 1
        }
        if Self.forcesUnwrap(line) { found["\(path): !", default: 0] += 1 }
      }
    }
    #expect(found == Self.stops)
  }

  /// A `!` right after a value, and no `!=`.
  static func forcesUnwrap(_ line: String) -> Bool {
    let characters = Array(line)
    for (index, character) in characters.enumerated() where character == "!" && index > 0 {
      let before = characters[index - 1]
      let after = index + 1 < characters.count ? characters[index + 1] : " "
      guard before.isLetter || before.isNumber || ")]_\"?}".contains(before) else { continue }
      if after != "=", !line[..<line.index(line.startIndex, offsetBy: index)].hasSuffix("try"),
        !line[..<line.index(line.startIndex, offsetBy: index)].hasSuffix(" as")
      {
        return true
      }
    }
    return false
  }

  @Test("no note of work to be done is left, and nothing is printed for debugging")
  func notes() throws {
    // Spelled apart, so that this file does not find itself.
    let marks = ["FIX" + "ME", "TO" + "DO"]
    for path in try Checkout.swiftFiles("Sources", "Tests", "store") {
      for (number, line) in try SwiftText(path).lines.enumerated() {
        for mark in marks where line.contains(mark) {
          Issue.record("\(path):\(number + 1) holds \(mark)")
        }
      }
    }
    for path in try Checkout.swiftFiles("Sources") where !path.hasPrefix("Sources/StrataCLI") {
      for line in try SwiftText(path).code {
        let isPrinting = line.split { $0 == " " }.contains { $0.hasPrefix("print(") }
        #expect(!isPrinting, "\(path): \(line)")
      }
    }
  }

  @Test("the net catches what it must")
  func canary() {
    #expect(Self.forcesUnwrap("let a = b!"))
    #expect(Self.forcesUnwrap("a[0]!.c()"))
    #expect(!Self.forcesUnwrap("a != b, !c, (!d)"))
  }
}
