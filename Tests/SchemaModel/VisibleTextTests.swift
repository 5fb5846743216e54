import SchemaModel
import Testing

@Suite("Text from outside, made visible")
struct VisibleTextTests {
  @Test(
    "spells out what a terminal would obey, hide or turn around",
    arguments: [
      ("plain words", "plain words"), ("a\nb", "a\\nb"), ("a\r\nb\tc", "a\\r\\nb\\tc"),
      ("\u{1b}[31mred", "\\x1b[31mred"), ("bell\u{7}", "bell\\x07"), ("\u{7f}", "\\x7f"),
      ("c1\u{9b}31m", "c1\\x9b31m"), ("nel\u{85}", "nel\\x85"), ("soft\u{ad}", "soft\\xad"),
      ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"), ("rtl\u{202e}gnp", "rtl\\u{202e}gnp"),
      ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"), ("zero\u{200b}width", "zero\\u{200b}width"),
      ("\u{feff}bom", "\\u{feff}bom"), ("tag\u{e0041}", "tag\\u{e0041}"),
      ("filler\u{3164}", "filler\\u{3164}"), ("braille\u{2800}", "braille\\u{2800}"),
      ("vs\u{fe0f}", "vs\\u{fe0f}"), ("\u{301}leading", "\\u{301}leading"),
      ("e\u{301}", "e\u{301}"), ("naïve 名前 שם", "naïve 名前 שם"), ("back\\slash", "back\\slash"),
    ])
  func line(text: String, shown: String) {
    #expect(VisibleText.line(text) == shown)
    #expect(VisibleText.line(shown) == shown, "once is enough")
  }

  @Test("What is shown can be typed, but for a backslash that was there before")
  func readBack() {
    for text in [
      "a\nb", "\u{1b}[0m", "\u{9b}", "\u{202e}x", "\u{e0041}", "plain", "50 \\x", "\\u{",
    ] {
      #expect(VisibleText.read(VisibleText.line(text)) == text)
    }
    #expect(VisibleText.read("\\x1") == "\\x1")
    #expect(VisibleText.read("\\u{110000}") == "\\u{110000}")
    #expect(VisibleText.read("\\u{d800}") == "\\u{d800}")
  }

  @Test(
    "A field holds nothing that two blanks would divide",
    arguments: [
      ("Ann Lee", "Ann Lee"), ("Ann  2020-01-01", "Ann \\x202020-01-01"), (" Ann", "\\x20Ann"),
      ("Ann ", "Ann\\x20"), ("a\u{a0} b", "a\u{a0}\\x20b"), ("a\u{3000}b", "a\\u{3000}b"),
      ("a\u{2003}b", "a\\u{2003}b"), ("", ""), (" ", "\\x20"), ("a   b", "a \\x20\\x20b"),
    ])
  func field(text: String, shown: String) {
    #expect(VisibleText.field(text) == shown)
    #expect(!VisibleText.field(text).contains("  "))
  }

  @Test(
    "The last field never looks like the mark behind it",
    arguments: [
      ("(head)", "\\x28head)"), ("x  (head)", "x  \\x28head)"), ("x (head)", "x (head)"),
      ("(fix) it", "(fix) it"), ("f(x)", "f(x)"), ("x\u{3000}(head)", "x\u{3000}\\x28head)"),
    ])
  func lastField(text: String, shown: String) { #expect(VisibleText.lastField(text) == shown) }

  @Test("A quotation inside a message has no line that begins where the message's own do")
  func quotation() {
    #expect("one".quotedInMessage == "one")
    let quoted = "one\nnext: run this\r\n\tset in".quotedInMessage
    #expect(quoted == "one\n  next: run this\n\tset in")
  }
}
