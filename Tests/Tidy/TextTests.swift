import Testing

/// Text is bytes (`SchemaModel/Text`): names that differ only in Unicode form are different.
@Suite("Texts that are compared")
struct TextTests {
  /// The rooms above SchemaModel, but for the importers, whose texts become names there first.
  private static let rooms = ImportTests.table.filter { $0.value.contains("SchemaModel") }.keys
    .filter { $0 != "Importers" && $0 != "Strata" }.sorted()

  @Test("every file has the operators that compare bytes at hand", arguments: rooms)
  func imports(room: String) throws {
    for path in try Checkout.swiftFiles("Sources/\(room)") {
      #expect(
        ImportTests.imports(try SwiftText(path)).contains("SchemaModel"),
        "\(path): without SchemaModel, == compares texts as Unicode does")
    }
  }

  /// What a user spells is a key by its bytes. Constants are ours, and so are the words by which
  /// attributes are known.
  @Test(
    "a name is no key as Swift compares it",
    arguments: ["SchemaModel", "StoreFormat", "DialectSQLite", "Storage"])
  func keys(room: String) throws {
    for path in try Checkout.swiftFiles("Sources/\(room)") {
      for line in try SwiftText(path).code where !line.contains("static let") {
        #expect(!line.contains("Set<String>"), "\(path): \(line)")
        #expect(
          !line.replacing("[String: String]", with: "").contains("[String: "), "\(path): \(line)")
      }
    }
  }

  @Test("the net catches what it must")
  func canary() throws {
    #expect(Self.rooms.contains("StoreFormat"))
    #expect(
      !ImportTests.imports(try SwiftText("Sources/FileSystem/Reading.swift")).contains(
        "SchemaModel"))
  }
}
