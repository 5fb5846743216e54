/// Variables in a script as goose replaces them between `-- +goose ENVSUB ON` and `OFF`: by the grammar
/// of mfridman/interpolate, `$NAME`, `${NAME}`, `${NAME-word}`, `${NAME:-word}`, `${NAME?word}`.
///
/// goose takes the values from its environment, and nothing for a name that is not there. What was
/// there is not known here, so a name that has neither a value nor a word of its own is an error.
struct ShellVariables {
  let values: [String: String]
  let path: String

  /// - Throws: `FolderError.undefinedPlaceholder`; `.unsupportedFile` for a part of a value.
  func expanded(_ text: String) throws(FolderError) -> String {
    var rest = text[...]
    return try expanded(&rest, until: nil, depth: 0)
  }

  /// How deep a word may hold expansions that hold words: each takes a part of the stack.
  private static let depthMax = 64

  private func expanded(
    _ rest: inout Substring, until stop: Character?, depth: Int
  ) throws(FolderError) -> String {
    guard depth <= Self.depthMax else {
      throw .unsupportedFile(
        path: path,
        why: "${NAME-word} is nested deeper than \(Self.depthMax) times; write the value out")
    }
    var result = ""
    while let character = rest.first, character != stop {
      let next = rest.dropFirst().first
      rest = rest.dropFirst()
      switch (character, next) {
      case ("\\", "\\"), ("$", "$"), ("$", "("):
        // The quotes of a function's body are no escape.
        result += "\(character)\(next ?? " ")"
        rest = rest.dropFirst()
      case ("\\", "$"):
        result += "$"
        rest = rest.dropFirst()
      case ("$", "{"):
        rest = rest.dropFirst()
        result += try braced(&rest, depth: depth)
      case ("$", let first?) where first.isLetter:
        let name = Self.name(&rest)
        result += try value(of: name)
      default: result.append(character)
      }
    }
    return result
  }

  private static func name(_ rest: inout Substring) -> String {
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    rest = rest.dropFirst(name.count)
    return String(name)
  }

  private func value(of name: String) throws(FolderError) -> String {
    guard let value = values[name] else { throw .undefinedPlaceholder(name: name, path: path) }
    return value
  }

  private func unclosed(_ name: String) -> FolderError {
    .unsupportedFile(
      path: path, why: "expected a } behind the word of ${\(name)..., found the end of the script")
  }

  /// What follows `${`.
  private func braced(_ rest: inout Substring, depth: Int) throws(FolderError) -> String {
    let name = Self.name(&rest)
    let isEmptyUnset = rest.hasPrefix(":-")
    let mark = rest.first
    switch mark {
    case "}":
      rest = rest.dropFirst()
      return try value(of: name)
    case "-",
      ":" where isEmptyUnset:
      rest = rest.dropFirst(isEmptyUnset ? 2 : 1)
      let word = try expanded(&rest, until: "}", depth: depth + 1)
      guard rest.popFirst() != nil else { throw unclosed(name) }
      guard let value = values[name], !(isEmptyUnset && value.isEmpty) else { return word }
      return value
    case "?":
      guard let end = rest.firstIndex(of: "}") else { throw unclosed(name) }
      rest = rest[rest.index(after: end)...]
      return try value(of: name)
    default: break
    }
    throw .unsupportedFile(
      path: path,
      why: "${\(name)\(mark.map { String($0) } ?? "") is no expansion that Strata knows "
        + "($NAME, ${NAME}, ${NAME-word}, ${NAME:-word}, ${NAME?word}); write the value out")
  }
}
