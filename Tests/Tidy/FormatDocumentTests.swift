import Testing

@Suite("FORMAT.md and the code say the same")
struct FormatDocumentTests {
  /// Each name in FORMAT.md's table of constants, with the value that it gives there.
  static func constants() throws -> [(name: String, value: String, place: String)] {
    let document = try Checkout.text("store/FORMAT.md")
    return document.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingSpaces }
      guard cells.count == 3, cells[2].hasPrefix("`Sources/") else { return nil }
      return (
        cells[0].filter { $0 != "`" }, cells[1].filter { $0 != "`" }, cells[2].filter { $0 != "`" }
      )
    }
  }

  @Test("every constant of the format is in the code, with its value")
  func values() throws {
    let constants = try Self.constants()
    #expect(constants.count >= 30)
    for (name, value, place) in constants {
      let code =
        try Checkout.text(place).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        .filter { $0 != "_" && $0 != "`" } + " "
      let spellings = [
        "\(name) = \(value)", "\(name): UInt8 = \(value)", "\(name): UInt64 = \(value)",
        ".\(name): \(value)", "case .\(name)(let change): writer.message(\(value)",
        "\(name) = \"\(value)\"", "\(name) = Array(\"\(value)\"",
      ]
      let found = spellings.contains { spelling in
        code.split(separator: spelling.filter { $0 != "_" }, omittingEmptySubsequences: false)
          .dropFirst().contains { $0.first?.isNumber != true }
      }
      #expect(found, "\(place) does not say \(name) = \(value)")
    }
  }

  @Test("every kind that the code writes is in FORMAT.md")
  func kinds() throws {
    let names = Set(try Self.constants().map(\.name))
    for path in [
      "Sources/SchemaModel/Objects/ObjectPath.swift", "Sources/StoreFormat/SnapshotNode.swift",
    ] {
      for line in try SwiftText(path).code where line.contains(" case ") && line.contains(" = ") {
        let words = line.split { !$0.isLetter }
        let name = try #require(words.dropFirst().first.map(String.init))
        #expect(names.contains(name), "\(name) of \(path)")
      }
    }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    var text = self
    while text.first == " " { text = text.dropFirst() }
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}
