/// `${NAME}` in a script.
struct Placeholders {
  /// What a layout's tool does with them in one file.
  enum Rule {
    /// Nothing: the text stays as it is.
    case leave
    /// Nothing; but whoever gives a value has it put in.
    case fill
    /// A name without a value is an error.
    case demand

    init(
      of file: SQLMigrationFile, _ layout: SQLLayout, in folder: String, _ scope: FolderScope
    ) throws(FolderError) {
      switch layout {
      case .flyway:
        let value = try SettingLines(file.settingPaths.first, in: folder, scope)?[
          "placeholderReplacement"]
        self = value?.lowercased() == "false" ? .leave : .demand
      default: self = .fill
      }
    }
  }

  var values: [String: String]

  func replaced(in script: String, path: String, by rule: Rule) throws(FolderError) -> String {
    let isStrict = rule == .demand
    guard rule != .leave, isStrict || !values.isEmpty, script.contains("${") else {
      return script
    }
    var result = ""
    var rest = script[...]
    while let start = rest.firstRange(of: "${"),
      let end = rest[start.upperBound...].firstIndex(of: "}")
    {
      let name = rest[start.upperBound..<end]
      result += rest[..<start.lowerBound]
      if let value = values[String(name)] {
        result += value
      } else if isStrict, !name.isEmpty, !name.contains(where: \.isWhitespace) {
        throw .undefinedPlaceholder(name: String(name), path: path)
      } else {
        result += rest[start.lowerBound...end]
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
