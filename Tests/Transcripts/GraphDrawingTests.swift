import Testing

@testable import Documents

@Suite("The drawn graph")
struct GraphDrawingTests {
  /// Each revision is `id: parents`, newest first.
  private func draw(_ revisions: String) -> [String] {
    var drawing = GraphDrawing<String>()
    var lines: [String] = []
    for revision in revisions.split(separator: "\n") {
      let parts = revision.split(separator: ":", omittingEmptySubsequences: false)
      let parents = parts[1].split(separator: " ").map(String.init)
      let rows = drawing.add(String(parts[0]), parents: parents)
      lines.append("\(rows.node) \(parts[0])")
      lines += rows.edges
    }
    return lines
  }

  @Test("A line is a column of stars")
  func line() {
    #expect(draw("c: b\nb: a\na:") == ["* c", "* b", "* a"])
  }

  @Test("A branch and its merge are drawn as git draws them")
  func merge() {
    let expected = ["* m", "|\\", "| * r", "* | l", "|/", "* a"]
    #expect(draw("m: l r\nr: a\nl: a\na:") == expected)
  }

  @Test("Heads of their own begin columns to the right, and run into the first")
  func heads() {
    let expected = ["* h", "| * g", "|/", "| * f", "|/", "* a"]
    #expect(draw("h: a\ng: a\nf: a\na:") == expected)
  }

  @Test("Separate roots stay separate")
  func roots() {
    #expect(draw("b: a\ny: x\na:\nx:") == ["* b", "| * y", "* | a", " /", "* x"])
  }

  @Test("A merge of three parents opens two columns")
  func octopus() {
    let expected = ["* m", "|\\", "|\\ \\", "| * | c", "| | * b", "| |/", "* | a", "|/", "* o"]
    #expect(draw("m: a b c\nc: o\nb: o\na: o\no:") == expected)
  }

  @Test("A line across other columns is drawn with an underscore")
  func crossing() {
    let expected = [
      "* z", "| * y", "| | * x", "| | | * w", "| |_|/", "|/| |", "* | | a", "* | | r",
      " / /", "* | b", " /", "* c",
    ]
    #expect(draw("z: a\ny: b\nx: c\nw: a\na: r\nr:\nb:\nc:") == expected)
  }

  @Test("Revisions that are left out pass their parents on")
  func filtered() {
    let visible = VisibleParents(
      [("a", []), ("b", ["a"]), ("c", ["b"]), ("d", ["b"]), ("e", ["c", "d"])],
      shown: ["a", "e"])
    #expect(visible.of("e") == ["a"])
    #expect(visible.of("a") == [])
  }
}
