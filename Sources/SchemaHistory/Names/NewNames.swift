public import SchemaModel
import Storage
import StoreFormat

extension RevisionDraft {
  /// Whether a revision can be recorded under these names. Those that are recorded already stay what
  /// they are.
  /// - Throws: `HistoryError.unusableName` for an id that has no place in the index, that would mean
  ///   another revision, or that holds what nobody would see; for such labels too.
  public func checkNames() throws {
    func refuse(_ why: String) -> HistoryError {
      .unusableName(id.text, what: "the id of a revision", why: why)
    }
    if Keys.name(id.text) == nil { throw refuse("an id has 1 to \(Keys.byteCountMax) bytes") }
    if let why = Self.meaning(of: id.text) ?? id.text.whyUnseen { throw refuse(why) }
    for label in labels {
      if let why = label.whyUnseen {
        throw HistoryError.unusableName(label, what: "a label of revision \(id)", why: why)
      }
    }
  }

  /// What an id would mean already where a revision is named; nil for a usable one.
  private static func meaning(of id: String) -> String? {
    if String.placeNames.contains(id) { return "'\(id)' means a place in the history already" }
    if id.hasPrefix("@") || id.hasPrefix("#") { return "'\(id.prefix(1))' begins another name" }
    if RevisionExpression.hasSteps(id) { return "'^' at its end counts steps back" }
    return id.contains("~") ? "'~' counts steps back" : nil
  }
}

extension History {
  /// Whether a revision can be recorded here under these names.
  /// - Throws: `HistoryError.unusableName` as `RevisionDraft.checkNames`, and for a tag's name.
  public func checkNames(of draft: RevisionDraft) throws {
    try draft.checkNames()
    try read { try checkTags(draft, $0) }
  }

  /// A name that meant one revision yesterday does not mean another one today.
  func checkTags(_ draft: RevisionDraft, _ log: LogReader) throws {
    let labels = draft.labels.map { ($0, "a label of revision \(draft.id)") }
    for (name, what) in [(draft.id.text, "the id of a revision")] + labels {
      guard let tagged = try log.tag(name) else { continue }
      throw HistoryError.unusableName(
        name, what: what,
        why: "a tag of \(tagged) has that name; `strata tag --delete \(name.asShellWord)` frees it")
    }
  }
}

extension String {
  /// What means a place in every history.
  static let placeNames = ["head", "heads", "HEAD", "base"]

  /// Why it cannot become a name: what is in it would not be seen as it is. Nil for a name that can.
  var whyUnseen: String? {
    VisibleText.firstHidden(in: self).map {
      "it holds \(VisibleText.line(String($0))), a control or a character that is not seen; "
        + "choose a name without it"
    }
  }
}
