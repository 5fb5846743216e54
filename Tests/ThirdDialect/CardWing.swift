import Foundation
import SchemaModel

/// The card index, as a program that knows it registers it.
struct CardWing: DialectWing {
  var words: any DialectWords = CardWords()

  func product(
    _ options: ScratchOptions, runnerTables: RunnerTables, notice: @escaping (String) -> Void
  ) -> any Product { CardProduct(words: words) }
}

struct CardProduct: Product {
  let words: any DialectWords
  var keepsFiles: Bool { true }

  func engine() -> CardEngine { CardEngine() }

  func create(
    _ statements: [String], into url: String, stamp: [String], judgedBy engine: String?
  ) throws -> String {
    guard url.hasPrefix("cards://") else {
      throw ProductError(.input, "expected cards://FILE, found \(VisibleText.line(url))")
    }
    let file = String(url.dropFirst("cards://".count))
    guard !FileManager.default.fileExists(atPath: file) else {
      throw ProductError(.refused, "expected no file at \(file), found one. Nothing was changed")
    }
    var index = CardIndex()
    for (_, statement) in try CardStatement.statements(
      of: words.script(statements + stamp, head: []))
    {
      try index.run(statement)
    }
    try index.write(to: file)
    return file
  }

  func kept(
    in file: Int32, as recorded: Capture, runners: [RunnerTable], version: RevisionID
  ) throws -> (CardScratch, Capture)? {
    let bytes = FileHandle(fileDescriptor: file, closeOnDealloc: false).readDataToEndOfFile()
    let index = try JSONDecoder().decode(CardIndex.self, from: bytes)
    guard index.schema == recorded.schema, index.rows == recorded.rows else { return nil }
    return (try CardScratch(index), recorded)
  }

  func keep(_ scratch: CardScratch, in file: Int32) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.file))
    try FileHandle(fileDescriptor: file, closeOnDealloc: false).write(contentsOf: bytes)
  }

  func isSyntaxError(_ error: any Error) -> Bool {
    if case CardError.syntax = error { true } else { false }
  }
}
