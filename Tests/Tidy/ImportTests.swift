import Testing

@Suite("The rooms of the house")
struct ImportTests {
  /// Who may import whom. SwiftPM does not stop an import of what a dependency depends on.
  static let table: [String: Set<String>] = [
    "FileSystem": [],
    "SchemaModel": ["Crypto"],
    "DialectSQLite": ["SchemaModel"],
    "DialectPostgreSQL": ["SchemaModel"],
    "StoreFormat": ["SchemaModel", "Crypto"],
    "LMDB": ["CLMDB"],
    "Storage": ["StoreFormat", "LMDB", "SchemaModel", "FileSystem"],
    "SQLiteAccess": ["CSQLite"],
    "SQLiteWalls": ["CSQLite"],
    "Projections": [
      "StoreDefinition", "SQLiteAccess", "SQLiteWalls", "SchemaModel", "FileSystem",
    ],
    "SchemaHistory": ["Storage", "Projections", "SchemaModel", "StoreFormat", "FileSystem"],
    "EngineSQLite": [
      "DialectSQLite", "SchemaModel", "SQLiteAccess", "SQLiteWalls", "FileSystem", "CSQLite",
    ],
    "EnginePostgreSQL": ["DialectPostgreSQL", "SchemaModel", "CLibPQ", "FileSystem"],
    "DialectRegistry": ["EngineSQLite", "EnginePostgreSQL", "SchemaModel"],
    "Importers": ["AlembicBridge", "SchemaModel", "FileSystem"],
    "Workflows": [
      "DialectRegistry", "FileSystem", "Importers", "SchemaHistory", "SchemaModel", "StoreFormat",
    ],
    "Documents": [
      "DialectRegistry", "SchemaHistory", "SchemaModel", "StoreFormat", "Workflows",
    ],
    "Strata": [
      "DialectRegistry", "Documents", "Importers", "SchemaHistory", "SchemaModel", "Workflows",
    ],
    "StrataCLI": [
      "ArgumentParser", "DialectRegistry", "Documents", "FileSystem", "Importers", "ManualPages",
      "SchemaHistory", "SchemaModel", "Workflows",
    ],
  ]

  /// The system's own modules, free to all but the pure rooms. Foundation is none of them: with its
  /// tables of languages it would be two thirds of the program.
  static let system: Set<String> = [
    "FoundationEssentials", "Glibc", "Darwin", "Synchronization", "Dispatch",
  ]
  static let pure: Set<String> = [
    "SchemaModel", "DialectSQLite", "DialectPostgreSQL", "StoreFormat",
  ]

  static func imports(_ text: SwiftText) -> [String] {
    text.code.compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
        words[..<place].allSatisfy({ $0.hasPrefix("@") || modifiers.contains($0) })
      else { return nil }
      let kinds: Set = ["struct", "class", "enum", "func", "protocol", "typealias"]
      let name = kinds.contains(words[place + 1]) ? words.last : words[place + 1]
      return name?.split(separator: ".").first.map(String.init)
    }
  }

  private static let modifiers: Set = ["public", "internal", "private", "package", "fileprivate"]

  @Test("every room imports only what the table grants it", arguments: table.keys.sorted())
  func imports(room: String) throws {
    let granted = Self.table[room, default: []]
    let free = Self.pure.contains(room) ? [] : Self.system
    for path in try Checkout.swiftFiles("Sources/\(room)") {
      for name in Self.imports(try SwiftText(path)) {
        #expect(granted.contains(name) || free.contains(name), "\(path) imports \(name)")
      }
    }
  }

  @Test("every room stands in the table")
  func rooms() throws {
    let rooms = Set(
      try Checkout.swiftFiles("Sources").compactMap { $0.split(separator: "/").dropFirst().first }
        .map(String.init))
    #expect(rooms == Set(Self.table.keys))
  }

  @Test("the table in ARCHITECTURE.md is this one", arguments: table.keys.sorted())
  func documented(room: String) throws {
    let line = try Checkout.text("ARCHITECTURE.md").split(separator: "\n").first {
      $0.hasPrefix("| \(room) |")
    }
    let cells = try #require(line, "\(room) is missing").split(separator: "|")
    let names = try #require(cells.dropFirst().first).split { !$0.isLetter }.map(String.init)
    #expect(Set(names) == Self.table[room] || names.first == "everything")
  }

  @Test("only SchemaHistory knows both truth and projections")
  func bothTruths() {
    let both = Self.table.filter { $0.value.isSuperset(of: ["Storage", "Projections"]) }.keys
    #expect(Set(both) == ["SchemaHistory"])
  }

  /// A package of its own, which no build of this one compiles: a room that gets another name, or leaves
  /// the products that it uses, would be noticed only by whoever measures next.
  @Test("the benchmark imports only what a product that it declares brings")
  func benchmark() throws {
    let products = try Self.products()
    let declared = try Checkout.text("tools/benchmark/Package.swift").split(separator: "\n")
      .filter { $0.contains("package: \"strata\"") }.compactMap { Self.quoted($0).first }
    #expect(!declared.isEmpty)
    var granted = Self.system.union(["Foundation"])
    for name in declared {
      granted.formUnion(try #require(products[name], "\(name) is no product of Package.swift"))
    }
    let files = try Checkout.swiftFiles("tools/benchmark/Sources")
    #expect(!files.isEmpty)
    for path in files {
      for name in Self.imports(try SwiftText(path)) {
        #expect(granted.contains(name), "\(path) imports \(name)")
      }
    }
  }

  /// The targets of each library in Package.swift.
  private static func products() throws -> [String: Set<String>] {
    var products: [String: Set<String>] = [:]
    for piece in try Checkout.text("Package.swift").split(separator: ".library(").dropFirst() {
      let names = quoted(piece.prefix { $0 != "]" })
      guard let name = names.first else { continue }
      products[name] = Set(names.dropFirst())
    }
    return products
  }

  private static func quoted(_ text: Substring) -> [String] {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  @Test("no module shares the name of a type in it", arguments: table.keys.sorted())
  func names(room: String) throws {
    for path in try Checkout.swiftFiles("Sources/\(room)") {
      for line in try SwiftText(path).code {
        for kind in ["struct", "class", "enum", "actor", "protocol"] {
          let words = line.split { !$0.isLetter && !$0.isNumber }
          guard let place = words.firstIndex(of: Substring(kind)), place + 1 < words.count else {
            continue
          }
          #expect(words[place + 1] != room, "\(path): Swift could not qualify it")
        }
      }
    }
  }

  @Test("the net catches what it must")
  func canary() throws {
    #expect(
      Self.imports(try SwiftText("Sources/StoreFormat/ContentHashing.swift")).contains("Crypto"))
  }
}
