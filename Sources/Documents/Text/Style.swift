/// What a part of a line is, told by colours where there are any.
public enum Style {
  public static func revision(_ text: String) -> Line { Line(text, code: "33") }
  public static func mark(_ text: String) -> Line { Line(text, code: "36") }
  public static func added(_ text: String) -> Line { Line(text, code: "32") }
  public static func removed(_ text: String) -> Line { Line(text, code: "31") }
  public static func changed(_ text: String) -> Line { Line(text, code: "33") }
  public static func faint(_ text: String) -> Line { Line(text, code: "2") }
  public static func strong(_ text: String) -> Line { Line(text, code: "1") }
}
