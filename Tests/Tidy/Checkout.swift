import FoundationEssentials
import Testing

/// The files of this checkout, as the house rules look at them.
enum Checkout {
  static let root = String(#filePath.dropLast("/Tests/Tidy/Checkout.swift".count))

  static func text(_ path: String) throws -> String {
    try String(decoding: Data(contentsOf: URL(filePath: root + "/" + path)), as: UTF8.self)
  }

  /// Paths relative to the checkout, sorted; nothing that a build made.
  static func files(under folder: String, suffix: String) throws -> [String] {
    var found: [String] = []
    func visit(_ path: String) throws {
      for name in try FileManager.default.contentsOfDirectory(atPath: root + "/" + path) {
        if name.hasPrefix(".") || name == "__pycache__" { continue }
        let child = path + "/" + name
        if (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + child)) != nil {
          try visit(child)
        } else if name.hasSuffix(suffix) {
          found.append(child)
        }
      }
    }
    try visit(folder)
    return found.sorted()
  }

  /// The folders in a folder, sorted.
  static func folders(of folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root + "/" + folder).filter { name in
      let path = root + "/" + folder + "/" + name
      return !name.hasPrefix(".")
        && (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil
    }.sorted()
  }

  /// The rooms of the house: folders of Sources that hold Swift.
  static func rooms() throws -> [String] {
    try folders(of: "Sources").filter { try !swiftFiles("Sources/\($0)").isEmpty }
  }

  static func swiftFiles(_ folders: String...) throws -> [String] {
    try folders.flatMap { try files(under: $0, suffix: ".swift") }
  }
}

/// A Swift file by lines, with what is no code blanked out.
struct SwiftText {
  let path: String
  /// As they stand.
  let lines: [String]
  /// Comments and the contents of strings are gone.
  let code: [String]

  init(_ path: String) throws {
    self.path = path
    lines = try Checkout.text(path).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    var stripper = Stripper()
    code = lines.map { stripper.strip($0) }
  }

  private struct Stripper {
    var isInLongString = false

    mutating func strip(_ line: String) -> String {
      var result = ""
      var rest = Substring(line)
      var isInString = false
      while let character = rest.first {
        if rest.hasPrefix("\"\"\"") {
          isInLongString.toggle()
          rest = rest.dropFirst(3)
        } else if isInLongString {
          rest = rest.dropFirst()
        } else if isInString {
          rest = rest.dropFirst(character == "\\" ? 2 : 1)
          if character == "\"" { isInString = false }
        } else if character == "\"" {
          isInString = true
          rest = rest.dropFirst()
          result += "\"\""
        } else if rest.hasPrefix("//") {
          return result
        } else {
          result.append(character)
          rest = rest.dropFirst()
        }
      }
      return result
    }
  }
}
