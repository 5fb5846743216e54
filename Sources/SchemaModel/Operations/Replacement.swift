/// What differs between two versions of an object that is its definition, in words.
enum Replacement {
  static func words(_ kind: ObjectKind, _ old: Definition, _ new: Definition) -> [String] {
    var words: [String] = []
    if old.table != new.table, let table = new.table {
      words.append("follows its table, now \(table)")
    }
    if kind == .enumeration {
      words += labels(old.members, new.members)
    } else if old.members != new.members {
      words += columns(old.members, new.members)
    }
    words += AttributeWords.changes(old.attributes, new.attributes) { isNewlyTold($0, old, new) }
    if words.isEmpty, old.text != new.text { words.append("another definition") }
    return words
  }

  /// Whether one of two servers does not tell the name of the constraint behind a domain's NOT
  /// NULL.
  static func isNewlyTold(_ attribute: String, _ old: Definition, _ new: Definition) -> Bool {
    attribute == Definition.notNullAttribute
      && (old.attributes[attribute] == nil || new.attributes[attribute] == nil)
  }

  /// An enum's labels: those that were added, and one that has another name at its old place.
  private static func labels(_ old: [String], _ new: [String]) -> [String] {
    let gone = old.filter { !new.contains($0) }
    let come = new.filter { !old.contains($0) }
    if old.count == new.count, gone.count == come.count {
      let renamed = zip(old, new).filter { $0 != $1 }
      if renamed.allSatisfy({ gone.contains($0.0) && come.contains($0.1) }) {
        return renamed.map { "rename value '\($0.0)' to '\($0.1)'" }
      }
    }
    var words = gone.map { "drop value '\($0)'" }
    for label in come {
      guard let place = new.firstIndex(of: label) else { continue }
      words.append(
        "add value '\(label)'" + (place > 0 ? " after '\(new[place - 1])'" : " first"))
    }
    return words.isEmpty && old != new ? ["values in another order"] : words
  }

  private static func columns(_ old: [String], _ new: [String]) -> [String] {
    let gone = old.filter { !new.contains($0) }
    let come = new.filter { !old.contains($0) }
    if old.count == new.count, gone.count == 1, come.count == 1 {
      return ["column \(gone[0]) is now \(come[0])"]
    }
    let words = gone.map { "without column \($0)" } + come.map { "with column \($0)" }
    return words.isEmpty ? ["columns in another order"] : words
  }
}
