/// Access control lists in words.
///
/// The model has a notation of its own for an entry, in which stores hold it: `alice=r*w/@self` says
/// that `alice` (everybody, where there is no name) has the privileges `r` and `w`, may hand on what
/// a star follows, and got them from `@self`, the role that runs migrations. A name that is not plain
/// has double quotes. A list that lets nobody do anything is `none`; no list is what a new object
/// has. A dialect's rows are read into it (`Privilege` has the letters); what does not fit is an
/// entry in the dialect's own words, and stays as it is.
enum Privileges {
  /// Whether an attribute only says what a list is compared with when statements are made of it.
  static func isAid(_ attribute: String) -> Bool {
    attribute == "default grants" || attribute == "sequence default grants"
  }

  /// What a change of an attribute means, where it holds a list or is an aid; nil for all others.
  static func words(attribute: String, _ old: String?, _ new: String?) -> [String]? {
    if isAid(attribute) { return [] }
    guard attribute == "grants" || attribute == "sequence grants" || attribute.hasSuffix(" grants")
    else { return nil }
    func lines(_ text: String?) -> [String] {
      (text ?? "").split(separator: "\n").map { String($0) }
    }
    let isSequence = attribute == "sequence grants"
    let place = attribute == "grants" ? "" : attribute.dropLast(" grants".count) + ": "
    let words = words(
      lines(old), lines(new), standard: isSequence ? standard(.sequence) : [:],
      owners: [ownRole(lines(old)), ownRole(lines(new))])
    return words.isEmpty ? [] : [place + words.joined(separator: ", ")]
  }

  /// What changed between two lists of one object; an empty list is what a new object has.
  static func words(
    _ kind: ObjectKind, _ old: [String], _ new: [String], owners: (String?, String?)
  ) -> [String] {
    words(
      old, new, standard: standard(kind),
      owners: [owners.0.map(written) ?? "@self", owners.1.map(written) ?? "@self"])
  }

  /// What a list of default privileges gives to others than the role whose objects they are for.
  static func given(_ entries: [String]) -> [String] {
    words([], entries, standard: [:], owners: [ownRole(entries), ownRole(entries)])
      .filter { !$0.hasSuffix("to \(ownerWord)") }
  }

  /// The grantor of an entry, who is the owner but for what was handed on.
  private static func ownRole(_ entries: [String]) -> String {
    entries.lazy.compactMap { Entry($0)?.grantor }.first ?? "@self"
  }

  private static let ownerWord = "the owner"

  private static func words(
    _ old: [String], _ new: [String], standard: [ExactText: String], owners: [String]
  ) -> [String] {
    // A dialect's own words say nothing of what is standard.
    let isPlain = (old + new).allSatisfy { $0 == "none" || Entry($0) != nil }
    let standard = isPlain ? standard : [:]
    let before = Holdings(old, standard: standard, owner: owners[0])
    let after = Holdings(new, standard: standard, owner: owners[1])
    var words: [String] = []
    for role in Set(before.letters.keys).union(after.letters.keys).sorted() {
      let name =
        role.text.isEmpty ? "PUBLIC" : role == Holdings.owner ? ownerWord : role.text
      var (had, has) = (before.letters[role] ?? [:], after.letters[role] ?? [:])
      // Not every version has that privilege, so a standard list may lack it.
      if role == Holdings.owner, old.isEmpty != new.isEmpty {
        (had[Privilege.maintain.rawValue], has[Privilege.maintain.rawValue]) = (nil, nil)
      }
      for isGrantable in [false, true] {
        let come = has.filter {
          $0.value == isGrantable && (had[$0.key] == nil || isGrantable && had[$0.key] == false)
        }.keys
        if !come.isEmpty {
          words.append(
            "grant \(list(come)) to \(name)" + (isGrantable ? " with grant option" : ""))
        }
      }
      let kept = has.filter { !$0.value && had[$0.key] == true }.keys
      if !kept.isEmpty { words.append("revoke grant option for \(list(kept)) from \(name)") }
      let gone = had.keys.filter { has[$0] == nil }
      if !gone.isEmpty { words.append("revoke \(list(gone)) from \(name)") }
    }
    words += after.others.filter { !before.others.contains($0) }.map { "grant \($0.oneLine)" }
    words += before.others.filter { !after.others.contains($0) }.map { "revoke \($0.oneLine)" }
    return words
  }

  private static func list(_ letters: some Collection<Character>) -> String {
    let known = Privilege.allCases.filter { letters.contains($0.rawValue) }.map(\.word)
    let unknown = letters.filter { Privilege(rawValue: $0) == nil }.sorted()
    return (known + unknown.map { String($0) }).joined(separator: ", ")
  }

  /// What a new object of a kind lets its owner and everyone do, in dialects that have lists.
  private static func standard(_ kind: ObjectKind) -> [ExactText: String] {
    switch kind {
    case .table, .view, .materializedView: [Holdings.owner: "arwdDxtm"]
    case .sequence: [Holdings.owner: "rwU"]
    case .routine: [Holdings.owner: "X", "": "X"]
    case .namespace: [Holdings.owner: "UC"]
    case .enumeration, .domain, .compositeType, .rangeType: [Holdings.owner: "U", "": "U"]
    default: [:]
    }
  }

  /// A role's name as an entry has it.
  private static func written(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      byte == 0x5F || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
    if isPlain { return name }
    return "\""
      + name.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  /// Who may do what: letters by role, and whether they may be handed on.
  private struct Holdings {
    /// No role is written so: a name with a blank has quotes.
    static let owner: ExactText = "the owner"

    var letters: [ExactText: [Character: Bool]] = [:]
    /// What is no entry in the model's notation.
    var others: [String] = []

    init(_ entries: [String], standard: [ExactText: String], owner: String) {
      if entries.isEmpty {
        for (role, all) in standard {
          letters[role] = Dictionary(all.map { ($0, false) }) { first, _ in first }
        }
      }
      for text in entries where text != "none" {
        guard let entry = Entry(text) else {
          others.append(text)
          continue
        }
        let role = entry.role == owner ? Self.owner : ExactText(entry.role)
        letters[role, default: [:]].merge(entry.letters) { $0 || $1 }
      }
    }
  }

  /// `alice=r*w/@self`; an empty role is PUBLIC.
  private struct Entry {
    /// As it is written, with its quotes.
    var role: String
    var grantor: String
    var letters: [Character: Bool] = [:]

    init?(_ text: String) {
      var rest = text[...]
      role = Self.takeRole(&rest)
      guard rest.popFirst() == "=" else { return nil }
      while let letter = rest.popFirst(), letter != "/" {
        guard letter.isASCII, letter.isLetter else { return nil }
        letters[letter] = rest.first == "*"
        if rest.first == "*" { rest.removeFirst() }
      }
      grantor = Self.takeRole(&rest)
      guard rest.isEmpty, !grantor.isEmpty else { return nil }
    }

    private static func takeRole(_ rest: inout Substring) -> String {
      let start = rest
      guard rest.first == "\"" else {
        rest = rest.drop { $0 != "=" && $0 != "/" }
        return String(start[..<rest.startIndex])
      }
      rest.removeFirst()
      while let character = rest.popFirst() {
        if character != "\"" { continue }
        guard rest.first == "\"" else { break }
        rest.removeFirst()
      }
      return String(start[..<rest.startIndex])
    }
  }
}
