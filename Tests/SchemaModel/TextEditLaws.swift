import RandomSchemas
import SchemaModel
import Testing

@Suite("Laws of the edit of a text")
struct TextEditLaws {
  /// Letters of one, two, three and four bytes, some of which share their first ones.
  private func text(_ generator: inout SeededGenerator) -> String {
    let count = Int.random(in: 0...40, using: &generator)
    return String((0..<count).map { _ in generator.pick(Array("aaaaaabäüß€🎈🎉")) })
  }

  @Test("an edit makes the second text of the first, and its inverse the first again")
  func edits() {
    var generator = SeededGenerator(seed: 1)
    for round in 0..<2000 {
      let old = text(&generator)
      var new = old
      if generator.chance(80) {
        let place = old.index(
          old.startIndex, offsetBy: Int.random(in: 0...old.count, using: &generator))
        let rest = old[place...].dropFirst(Int.random(in: 0...3, using: &generator))
        new = old[..<place] + text(&generator) + rest
      }
      let edit = TextEdit(from: old, to: new)
      #expect(edit.applied(to: old) == .some(new.isEmpty ? nil : new), "round \(round)")
      #expect(edit.inverse.applied(to: new) == .some(old.isEmpty ? nil : old), "round \(round)")
      #expect(edit == Self.plain(from: old, to: new), "round \(round): \(old) to \(new)")
    }
  }

  /// The same, one character after the other.
  private static func plain(from old: String, to new: String) -> TextEdit {
    let (a, b) = (Array(old.unicodeScalars), Array(new.unicodeScalars))
    var prefix = 0
    while prefix < min(a.count, b.count), a[prefix] == b[prefix] { prefix += 1 }
    var suffix = 0
    while suffix < min(a.count, b.count) - prefix,
      a[a.count - 1 - suffix] == b[b.count - 1 - suffix]
    { suffix += 1 }
    func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return String(view)
    }
    return TextEdit(
      offset: text(a[..<prefix]).utf8.count, removed: text(a[prefix..<(a.count - suffix)]),
      inserted: text(b[prefix..<(b.count - suffix)]), byteCount: old.utf8.count)
  }
}
