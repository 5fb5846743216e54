import Foundation
import SchemaHistory
import SchemaModel
import Testing

@Suite("A crafted store")
struct CraftedStoreTests {
  private static let verbs: [(name: String, words: [String])] = [
    ("log", ["log"]), ("query", ["query", "SELECT count(*) FROM objects_at"]),
    ("schema", ["schema"]),
    ("verify", ["verify", "--full"]), ("verify --salvage", ["verify", "--salvage", "new"]),
    ("rebuild", ["rebuild"]),
    ("record", ["record", "-m", "x", "--id", "new", "-"]), ("import", ["import", "sql", "m"]),
    ("truncate --dry-run", ["truncate", "head~1", "--sql", "m", "--dry-run"]),
    ("truncate", ["truncate", "head~1", "--sql", "m", "--force"]), ("restore", ["restore"]),
    ("compact", ["compact"]), ("tag", ["tag", "v1", "head"]),
    ("archive export", ["archive", "export", "-o", "old"]),
  ]

  /// Verbs about the folder that is named: they may change it, and nothing else.
  private static let folderVerbs: Set = ["truncate"]

  @Test("has no effect outside of the store, whatever verb it is given to, and none hangs or dies")
  func matrix() throws {
    let beds = (try StoreBed(), try StoreBed(isCut: true))
    var lines = [
      "| crafted store | " + Self.verbs.map(\.name).joined(separator: " | ")
        + " | effects outside |",
      "| --- |" + String(repeating: " --- |", count: Self.verbs.count + 1),
    ]
    for crafted in CraftedStore.all {
      let bed = try StoreBed(copying: crafted.isCut ? beds.1 : beds.0)
      try crafted.craft(bed)
      try bed.keep()
      var cells: [String] = []
      var effects = 0
      for verb in Self.verbs {
        try bed.reset()
        let before = try bed.outside()
        let ending = try bed.run(verb.words, input: "CREATE TABLE n (a);")
        var after = try bed.outside()
        if Self.folderVerbs.contains(verb.name), ending.code == 0 {
          after = after.filter { !$0.key.hasPrefix("/project/m") }
          after.merge(before.filter { $0.key.hasPrefix("/project/m") }) { $1 }
        }
        let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        effects += changed.isEmpty ? 0 : 1
        #expect(changed.isEmpty, "\(crafted.name), \(verb.name): \(changed.sorted())")
        #expect(
          ending.code != nil, "\(crafted.name), \(verb.name): it hung or died; \(ending.errors)")
        cells.append(ending.code.map { "\($0)" } ?? "died")
      }
      lines.append("| \(crafted.name) | \(cells.joined(separator: " | ")) | \(effects) |")
    }
    try SecurityDocument.compare(lines, test: "CraftedStoreTests.matrix")
  }

  @Test("says what it found at a place that is not its own, and what to do")
  func messages() throws {
    let bed = try StoreBed()
    try bed.link("writer.lock", to: bed.victim + "/precious")
    let ending = try bed.run(["tag", "v1"])
    #expect(ending.code == 4)
    #expect(ending.errors.contains("expected a file of the store"))
    #expect(ending.errors.contains("found a symbolic link"))
    #expect(ending.errors.contains("nothing was opened or changed"))
  }
}
