/// What SQL asked for and is not let do, in words.
public struct Refusal: Hashable, Sendable, CustomStringConvertible {
  /// What was found: `ATTACH of 'other.db'`.
  public var found: String
  /// What would have come of it.
  public var effect: String

  public var description: String {
    "expected SQL that stays inside its own database, found \(found), which \(effect)"
  }
}
