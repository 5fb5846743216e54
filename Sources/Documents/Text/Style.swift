import SchemaModel

/// What a part of a line is, told by colours where there are any.
public enum Style {
  /// A revision's id.
  public static func revision(_ text: String) -> Line { Line(text, code: "33") }
  /// What is said of a revision: a head, a tag, where a hunk begins.
  public static func mark(_ text: String) -> Line { Line(text, code: "36") }
  /// What is there afterwards.
  public static func added(_ text: String) -> Line { Line(text, code: "32") }
  /// What is gone, or damaged.
  public static func removed(_ text: String) -> Line { Line(text, code: "31") }
  /// What is another.
  public static func changed(_ text: String) -> Line { Line(text, code: "33") }
  /// What stands beside the matter.
  public static func faint(_ text: String) -> Line { Line(text, code: "2") }
  /// What heads other lines.
  public static func strong(_ text: String) -> Line { Line(text, code: "1") }
}
