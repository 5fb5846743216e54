/// What a revision's warning says of settings that its migration left in its session: the next ones had
/// them in the same run of the tool, and a database that gets these in a later run has them without.
public enum SessionWarning {
  private static let beginning = "it leaves "
  private static let middle = " set for the session: "

  /// - Parameter names: of the settings.
  public static func text(_ names: [String]) -> String {
    beginning + names.joined(separator: ", ") + middle
      + "the scripts after it were run with that, as in one run of the tool; a database that gets them "
      + "in a later run has them without it"
  }

  /// The names of the settings, as the warning has them; nil for another warning.
  public static func names(in warning: String) -> Substring? {
    guard warning.hasPrefix(beginning), let end = warning.firstRange(of: middle) else { return nil }
    return warning[warning.index(warning.startIndex, offsetBy: beginning.count)..<end.lowerBound]
  }
}
