public import SchemaModel
import Storage
import StoreFormat

extension History {
  /// The names that were given to revisions, in order.
  public func tags() throws -> [(name: String, revision: RevisionID)] {
    try read { log in
      var tags: [(name: String, revision: RevisionID)] = []
      try log.forEachTag { tags.append(($0, $1)) }
      return tags
    }
  }

  /// Names a revision.
  /// - Parameter moves: whether a tag of that name that names another revision is moved.
  /// - Returns: the revision that the tag named before; nil for a new one.
  /// - Throws: `HistoryError.unusableName` for a name that would mean something else, or that
  ///   nobody could see as it is; `.tagExists` for one that names another revision.
  @discardableResult
  public func tag(
    _ name: String, _ id: RevisionID, moves: Bool = false, by actor: String
  ) throws -> RevisionID? {
    try check(tag: name)
    _ = try entry(id)
    return try write { log in
      let before = try log.reader.tag(name)
      if let before, before != id, !moves { throw HistoryError.tagExists(name, of: before) }
      guard before != id else { return before }
      try log.append(.tagged(name: name, revision: id), at: Timestamp.now, by: actor)
      try log.setTag(name, id)
      return before
    }
  }

  /// Takes a tag away; the revision stays.
  /// - Throws: `HistoryError.unknownTag` with the nearest tags, where there is no such tag.
  public func deleteTag(_ name: String, by actor: String) throws {
    let names = try tags().map(\.name)
    let meant = VisibleText.read(name)
    if !names.contains(name), names.contains(meant) { return try deleteTag(meant, by: actor) }
    guard names.contains(name) else {
      throw HistoryError.unknownTag(name, nearest: NearestNames.find(name, among: names))
    }
    try write { log in
      try log.append(.tagDeleted(name: name), at: Timestamp.now, by: actor)
      try log.setTag(name, nil)
    }
  }

  private func check(tag name: String) throws {
    func refuse(_ why: String) -> HistoryError {
      .unusableName(name, what: "a tag", why: why)
    }
    if Keys.name(name) == nil { throw refuse("a tag has 1 to \(Keys.byteCountMax) bytes") }
    if let why = name.whyUnseen { throw refuse(why) }
    if name.hasSuffix("@head") || name.hasSuffix("@heads") {
      throw refuse("'@head' behind a label means that branch's head")
    }
    if String.placeNames.contains(name) { throw refuse("it means a place in the history already") }
    if name.hasPrefix("@") || name.hasPrefix("#") || name.hasPrefix("-") {
      throw refuse("a tag does not begin with '\(name.prefix(1))'")
    }
    if name.contains(where: { $0 == "~" || $0 == "^" || $0.isWhitespace })
      || RevisionRange(name) != nil
    {
      throw refuse("a tag holds no '~', '^' or '..' and no blanks")
    }
    if try find(RevisionID(name)) != nil { throw refuse("a revision has that id") }
    if try tags().contains(where: { $0.name == name }) { return }
    if let labelled = try revision(labelled: name) {
      throw refuse("a label of the revision \(labelled) has that name")
    }
  }
}
