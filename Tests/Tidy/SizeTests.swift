import Testing

@Suite("Sizes")
struct SizeTests {
  static let fileLineCountMax = 300
  static let functionLineCountMax = 70

  /// What was larger when the rule was made, with its size: it may shrink, never grow, and a file
  /// that keeps the rule leaves the list.
  static let files: [String: Int] = [:]
  static let functions: [String: Int] = [:]

  @Test("no Swift file is longer than 300 lines")
  func fileSizes() throws {
    var exceptions = Self.files
    for path in try Checkout.swiftFiles("Sources", "Tests", "store") {
      let count = try SwiftText(path).lines.count - 1
      let allowed = exceptions.removeValue(forKey: path)
      #expect(count <= max(allowed ?? 0, Self.fileLineCountMax), "\(path) has \(count) lines")
      if let allowed {
        #expect(count > Self.fileLineCountMax, "\(path) keeps the rule: take it off the list")
        #expect(count == allowed, "\(path) has \(count) lines now: write that into the list")
      }
    }
    #expect(exceptions.isEmpty, "no longer there: take them off the list")
  }

  @Test("no function is longer than 70 lines")
  func functionSizes() throws {
    var found: [String: Int] = [:]
    for path in try Checkout.swiftFiles("Sources", "Tests", "store") {
      for function in Self.functions(of: try SwiftText(path))
      where function.lineCount > Self.functionLineCountMax {
        found["\(path): \(function.name)"] = function.lineCount
      }
    }
    #expect(found == Self.functions)
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
  }
}
