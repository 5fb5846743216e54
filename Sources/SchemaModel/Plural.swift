/// A count with its noun, for people.
public enum Plural {
  /// `1 table`, `2 indexes`, `3 opaque objects`.
  public static func text(_ count: Int, _ noun: String) -> String {
    if noun == "opaque" { return text(count, "opaque object") }
    return "\(count) " + (count == 1 ? noun : plural(noun))
  }

  private static func plural(_ noun: String) -> String {
    if noun.hasSuffix("x") || noun.hasSuffix("ss") { return noun + "es" }
    // Extended statistics, default privileges.
    if noun.hasSuffix("s") { return noun }
    if noun.hasSuffix("y"), let before = noun.dropLast().last, !"aeiou".contains(before) {
      return noun.dropLast() + "ies"
    }
    return noun + "s"
  }
}
