import Testing

@Suite("What a program that uses the library reads")
struct DocumentationTests {
  /// What the standard library's protocols ask for: the protocol says what it is.
  static let standardWitnesses: Set = ["==", "<", "description", "hash(into:)"]

  @Test("every public declaration has a comment, but for witnesses and plain initializers")
  func comments() throws {
    var texts: [SwiftText] = []
    for room in try Checkout.rooms() {
      texts += try Checkout.swiftFiles("Sources/\(room)").map(SwiftText.init)
    }
    let witnesses = texts.reduce(into: Self.standardWitnesses) { names, text in
      names.formUnion(Self.requirements(of: text))
    }
    for text in texts {
      for declaration in Self.declarations(of: text)
      where !declaration.isDocumented && !declaration.isPlainInitializer
        && (declaration.isRequirement || !witnesses.contains(declaration.name))
      {
        Issue.record("\(text.path):\(declaration.line) has no comment: \(declaration.name)")
      }
    }
  }

  struct Declaration {
    /// From 1.
    var line: Int
    /// `column(named:)` of a function, the bare name of anything else.
    var name: String
    var isDocumented: Bool
    /// An initializer whose parameters are all properties of the file: it only takes them over.
    var isPlainInitializer: Bool
    /// Asked for by a public protocol: it needs the comment that its witnesses go without.
    var isRequirement: Bool
  }

  private static let kinds: Set = [
    "struct", "class", "enum", "protocol", "func", "init", "var", "let", "subscript", "typealias",
    "associatedtype", "actor",
  ]

  static func declarations(of text: SwiftText) -> [Declaration] {
    let properties = Set(text.code.compactMap { property(in: $0) })
    var found: [Declaration] = []
    // What a public protocol asks for is as public as the protocol.
    var isInProtocol = false
    for (index, line) in text.code.enumerated() {
      if line.hasPrefix("}") { isInProtocol = false }
      let isAskedFor = isInProtocol && line.hasPrefix("  ") && !line.hasPrefix("   ")
      if line.hasPrefix("public protocol ") { isInProtocol = true }
      guard let (kind, rest) = declaration(in: line),
        words(line).contains("public") || isAskedFor
      else { continue }
      let head = self.head(from: index, of: text)
      let labels = self.labels(of: head)
      let isPlain =
        !isAskedFor && kind == "init" && !head.contains("throws")
        && labels.allSatisfy { properties.contains($0.parameter) }
      found.append(
        Declaration(
          line: index + 1, name: name(kind, rest, labels), isDocumented: isDocumented(index, text),
          isPlainInitializer: isPlain, isRequirement: isAskedFor))
    }
    return found
  }

  /// The names that the public protocols of a file ask for.
  static func requirements(of text: SwiftText) -> Set<String> {
    var names: Set<String> = []
    var isInProtocol = false
    for (index, line) in text.code.enumerated() {
      if line.hasPrefix("public protocol ") { isInProtocol = true }
      if line.hasPrefix("}") { isInProtocol = false }
      guard isInProtocol, let (kind, rest) = declaration(in: line), kind == "func" || kind == "var"
      else { continue }
      names.insert(name(kind, rest, labels(of: head(from: index, of: text))))
    }
    return names
  }

  /// The kind of what a line declares, and what follows it.
  private static func declaration(in line: String) -> (kind: String, rest: Substring)? {
    let modifiers: Set = [
      "public", "static", "mutating", "final", "indirect", "nonisolated", "convenience", "private",
      "internal", "package", "set", "borrowing", "override", "required", "class", "inlinable",
      "discardableResult",
    ]
    var rest = Substring(line)
    while true {
      rest = rest.drop { !$0.isLetter }
      let word = rest.prefix { $0.isLetter }
      if word.isEmpty { return nil }
      let after = rest[word.endIndex...]
      if kinds.contains(String(word)), word != "class" || !after.contains(" func ") {
        return (String(word), after)
      }
      guard modifiers.contains(String(word)) else { return nil }
      rest = after
    }
  }

  private static func words(_ line: String) -> [Substring] { line.split { !$0.isLetter } }

  private static func property(in line: String) -> String? {
    guard let (kind, rest) = declaration(in: line), kind == "var" || kind == "let" else {
      return nil
    }
    return name(kind, rest, [])
  }

  /// A declaration from its line to the brace that opens its body, or to its line's end.
  private static func head(from index: Int, of text: SwiftText) -> String {
    var head = ""
    for line in text.code[index...].prefix(12) {
      head += line + " "
      if line.contains("{") || !head.contains("(") || depth(head) == 0 { break }
    }
    return head
  }

  private static func depth(_ text: String) -> Int {
    text.reduce(0) { $1 == "(" ? $0 + 1 : $1 == ")" ? $0 - 1 : $0 }
  }

  /// The labels of a declaration's parameters, and what each is called inside.
  private static func labels(of head: String) -> [(label: String, parameter: String)] {
    // After the list of attributes, the first parenthesis is that of the parameters.
    guard let start = head.range(of: "(", after: ["init", "func ", "subscript"]) else { return [] }
    var parts: [String] = [""]
    var depth = 0
    for character in head[start...] {
      if "([{<".contains(character) { depth += 1 }
      if ")]}>".contains(character) { depth -= 1 }
      if depth == 0 { break }
      if character == ",", depth == 1 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.compactMap { part in
      let names = part.drop { $0 == "(" || $0 == " " }.prefix { $0 != ":" }
        .split { $0 == " " }.map(String.init)
      guard let label = names.first, let parameter = names.last else { return nil }
      return (label, parameter)
    }
  }

  private static func name(
    _ kind: String, _ rest: Substring, _ labels: [(label: String, parameter: String)]
  ) -> String {
    if kind == "init" || kind == "subscript" { return kind }
    let name = rest.drop { $0 == " " }.prefix {
      !" (<:{".contains($0) || $0 == "<" && rest.hasPrefix(" <")
    }
    let plain = String(name.filter { $0 != "`" })
    return kind == "func" && !["==", "<"].contains(plain)
      ? "\(plain)(\(labels.map { $0.label + ":" }.joined()))" : plain
  }

  private static func isDocumented(_ index: Int, _ text: SwiftText) -> Bool {
    var above = index - 1
    while above >= 0, text.lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
    return above >= 0 && text.lines[above].drop { $0 == " " }.hasPrefix("///")
  }

  @Test(
    "every variable of the environment that is Strata's own is in docs/ENVIRONMENT.md, and is read")
  func environment() throws {
    let table = try Checkout.text("docs/ENVIRONMENT.md")
    let told = Set(table.matches(of: /`(STRATA_\w+)`/).map { String($0.1) })
    var read: Set<String> = []
    for suffix in [".swift", ".c"] {
      for file in try Checkout.files(under: "Sources", suffix: suffix) {
        let text = try Checkout.text(file)
        read.formUnion(text.matches(of: /"(STRATA_\w+)"/).map { String($0.1) })
      }
    }
    #expect(told == read)
  }

  @Test("every folder of Sources stands in README's tree and in ARCHITECTURE.md's rooms")
  func trees() throws {
    let readme = try Checkout.text("README.md")
    let tree = try #require(Self.section("## The house", of: readme))
    let rooms = try #require(Self.section("## The rooms", of: Checkout.text("ARCHITECTURE.md")))
    for folder in try Checkout.folders(of: "Sources") {
      #expect(
        tree.split { $0 == " " || $0 == "\n" }.contains("\(folder)/"),
        "README.md, The house: \(folder)/ is missing")
      // A room has a line of the table; a module map of C is named below it.
      #expect(
        rooms.contains("\n| \(folder) |") || rooms.contains("`\(folder)`"),
        "ARCHITECTURE.md, The rooms: \(folder) is missing")
    }
    for word in tree.split(whereSeparator: { $0 == " " || $0 == "\n" })
    where word.hasSuffix("/") && word.first?.isUppercase == true {
      let name = String(word.dropLast())
      let folders = try Checkout.folders(of: "Sources") + ["Sources", "Tests", "Tidy"]
      #expect(folders.contains(name), "README.md, The house: there is no \(name)/")
    }
  }

  /// A heading of a Markdown text and what stands under it, up to the next heading of its level.
  private static func section(_ heading: String, of text: String) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: Substring(heading)) else { return nil }
    let end = lines[(start + 1)...].firstIndex { $0.hasPrefix("## ") } ?? lines.endIndex
    return lines[start..<end].joined(separator: "\n")
  }

  @Test("the net catches what it must")
  func canary() throws {
    let found = Self.declarations(of: try SwiftText("Sources/SchemaModel/Objects/ObjectPath.swift"))
    #expect(found.contains { $0.name == "renamed(_:)" && $0.isDocumented })
    #expect(found.contains { $0.name == "init" && $0.isPlainInitializer && !$0.isDocumented })
    #expect(found.contains { $0.name == "description" })
    #expect(found.contains { $0.name == "ObjectPath" && $0.isDocumented })
    let asked = Self.requirements(of: try SwiftText("Sources/SchemaModel/Objects/Schema.swift"))
    #expect(asked == ["object(at:)", "put(_:at:)", "remove(at:)"])
  }
}

extension String {
  /// Where the first such character stands behind the first of some words.
  fileprivate func range(of character: Character, after words: [String]) -> Index? {
    for word in words {
      var rest = self[...]
      while !rest.isEmpty {
        if rest.hasPrefix(word) { return rest.firstIndex(of: character) }
        rest = rest.dropFirst()
      }
    }
    return nil
  }
}
