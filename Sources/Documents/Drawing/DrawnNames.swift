import SchemaModel

/// How each of some names is spelled where a grammar cannot hold all of them: two that differ stay
/// two, and a name that can be spelled as it is has that spelling.
struct DrawnNames<Key: Hashable> {
  private var names: [Key: String] = [:]

  /// - Parameter exact: what the key is called.
  /// - Parameter spelled: that name in letters that the grammar has; never empty.
  init(_ keys: [Key], exact: (Key) -> String, spelled: (String) -> String) {
    var taken: Set<ExactText> = []
    var rest: [Key] = []
    for key in keys where names[key] == nil {
      let name = exact(key)
      if spelled(name) == name, taken.insert(name).inserted {
        names[key] = name
      } else {
        rest.append(key)
      }
    }
    for key in rest where names[key] == nil {
      let name = spelled(exact(key))
      var number = 2
      var unique = name
      while !taken.insert(unique).inserted {
        unique = "\(name)_\(number)"
        number += 1
      }
      names[key] = unique
    }
  }

  subscript(key: Key) -> String? { names[key] }
}

extension DrawnNames<ExactText> {
  init(_ names: [String], spelled: (String) -> String) {
    self.init(names.map { ExactText($0) }, exact: \.text, spelled: spelled)
  }

  subscript(name: String) -> String? { self[ExactText(name)] }
}

extension String {
  /// The same with a look-alike for each of these characters.
  func replacing(_ characters: [Unicode.Scalar: Unicode.Scalar]) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars { result.append(characters[scalar] ?? scalar) }
    return String(result)
  }
}
