/// A count with its noun, for people.
public enum Plural {
  /// `1 table`, `2 indexes`, `3 opaque objects`.
  public static func text(_ count: Int, _ noun: String) -> String {
    if noun == "opaque" { return text(count, "opaque object") }
    if count == 1 || noun.hasSuffix("privileges") { return "\(count) \(noun)" }
    return noun.hasSuffix("x") ? "\(count) \(noun)es" : "\(count) \(noun)s"
  }
}
