// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
/// For tests alone: somebody else's way of reading and writing SQLite.
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// A room of the house: what it may import is exactly what it declares here, and Tests/Tidy checks it.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: settings)
}

func suite(
  _ name: String, _ dependencies: [Target.Dependency], without data: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)", exclude: data,
    swiftSettings: settings)
}

let package = Package(
  name: "strata",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "strata", targets: ["StrataCLI"]),
    .library(name: "Strata", targets: ["Strata"]),
    .library(
      name: "SchemaHistory",
      targets: [
        "SchemaHistory", "SchemaModel", "DialectSQLite", "DialectPostgreSQL", "EngineSQLite",
        "EnginePostgreSQL", "DialectRegistry", "Importers",
      ]),
    // For tools/benchmark alone: the rooms below the façade, and the histories that it measures.
    .library(
      name: "StrataInternals", targets: ["Storage", "StoreFormat", "LMDB", "HistoryGenerator"]),
    .library(name: "CLMDB", targets: ["CLMDB"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CLMDB", path: "Sources/CLMDB", pkgConfig: "lmdb",
      providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
    .target(
      name: "StoreDefinition", path: "store", exclude: ["FORMAT.md", "RELATIONS.md", "vectors"],
      resources: [.embedInCode("projections")], swiftSettings: settings),

    .target(name: "CGlibcFloor", path: "Sources/CGlibcFloor"),
    room("FileSystem", []),
    room("SchemaModel", []),
    room("DialectSQLite", ["SchemaModel"]),
    room("DialectPostgreSQL", ["SchemaModel"]),
    room("StoreFormat", ["SchemaModel", crypto]),
    room("LMDB", ["CLMDB"]),
    room("Storage", ["StoreFormat", "LMDB", "SchemaModel", "FileSystem"]),
    .target(
      name: "CSQLite", path: "Sources/CSQLite",
      linkerSettings: [.linkedLibrary("sqlite3")]),
    room("SQLiteAccess", ["CSQLite"]),
    room("SQLiteWalls", ["CSQLite"]),
    room(
      "Projections",
      ["StoreDefinition", "SQLiteAccess", "SQLiteWalls", "SchemaModel", "FileSystem"]),
    room(
      "SchemaHistory", ["Storage", "Projections", "SchemaModel", "StoreFormat", "FileSystem"]),
    room(
      "EngineSQLite",
      ["DialectSQLite", "SchemaModel", "SQLiteAccess", "SQLiteWalls", "FileSystem", "CSQLite"]),
    .target(
      name: "CLibPQ", path: "Sources/CLibPQ",
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    room("EnginePostgreSQL", ["DialectPostgreSQL", "SchemaModel", "CLibPQ", "FileSystem"]),
    .target(
      name: "AlembicBridge", path: "tools/alembic", exclude: ["tests"],
      sources: ["AlembicBridge.swift"],
      resources: [.embedInCode("strata_bridge")], swiftSettings: settings),
    room("DialectRegistry", ["EngineSQLite", "EnginePostgreSQL", "SchemaModel"]),
    room("Importers", ["AlembicBridge", "SchemaModel", "FileSystem"]),
    room(
      "Workflows",
      [
        "SchemaHistory", "Importers", "DialectRegistry", "SchemaModel", "StoreFormat", "FileSystem",
      ]),
    room(
      "Documents",
      ["Workflows", "SchemaHistory", "DialectRegistry", "StoreFormat", "SchemaModel"]),
    room(
      "Strata",
      ["SchemaHistory", "SchemaModel", "DialectRegistry", "Workflows", "Documents", "Importers"]),
    .target(
      name: "HistoryGenerator", dependencies: ["SchemaModel"], path: "tools/generator",
      swiftSettings: settings),
    .target(
      name: "ManualPages", path: "docs", exclude: ["example", "flow.svg"],
      sources: ["ManualText.swift"],
      resources: [.embedInCode("EXIT-CODES.md"), .embedInCode("ENVIRONMENT.md")],
      swiftSettings: settings),
    .executableTarget(
      name: "StrataCLI",
      dependencies: [
        "Workflows", "Documents", "SchemaModel", "SchemaHistory", "DialectRegistry", "Importers",
        "FileSystem", "CGlibcFloor", "ManualPages", argumentParser,
      ],
      path: "Sources/StrataCLI", swiftSettings: settings),

    .target(
      name: "RandomSchemas", dependencies: ["SchemaModel"], path: "Tests/RandomSchemas",
      swiftSettings: settings),
    /// tools/benchmark is a package of its own; here its sources are compiled with the tests, so that
    /// a change that breaks them is noticed. Never run from here.
    .executableTarget(
      name: "BenchmarkCompiles",
      dependencies: [
        "SchemaHistory", "SchemaModel", "EnginePostgreSQL", "EngineSQLite", "Strata", "Storage",
        "StoreFormat", "CLMDB",
        "HistoryGenerator",
      ],
      path: "tools/benchmark/Sources/Benchmark", swiftSettings: settings),
    .target(name: "CFuzzDriver", path: "tools/fuzz/CFuzzDriver"),
    /// Looks into what it feeds, so it is no product: debug builds have it, and tools/fuzz/run.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "DialectPostgreSQL", "DialectSQLite", "FileSystem", "Importers", "LMDB", "SchemaHistory",
        "SchemaModel", "StoreFormat",
      ],
      path: "tools/fuzz/targets", swiftSettings: settings),
    .executableTarget(
      name: "Fuzz", dependencies: ["CFuzzDriver", "FuzzTargets"], path: "tools/fuzz/driver",
      swiftSettings: settings),
    suite("Fuzz", ["Fuzz", "FuzzTargets"]),
    suite("Tidy", []),
    suite("Readme", ["SchemaHistory", "SchemaModel", "EngineSQLite", "Strata"]),
    .executableTarget(
      name: "WorkflowProgram", dependencies: ["Strata", "CGlibcFloor"],
      path: "Tests/WorkflowProgram", swiftSettings: settings),
    suite(
      "Workflows",
      [
        "WorkflowProgram", "Workflows", "DialectRegistry", "EnginePostgreSQL", "EngineSQLite",
        "Importers", "RandomSchemas",
        "SchemaHistory", "SchemaModel",
      ]),
    suite("SchemaModel", ["SchemaModel", "RandomSchemas"]),
    suite("StoreFormat", ["StoreFormat", "SchemaModel", "SchemaHistory", "RandomSchemas"]),
    suite("FileSystem", ["FileSystem"]),
    suite("SQLiteAccess", ["SQLiteAccess", "FileSystem"]),
    suite("LMDB", ["LMDB"]),
    suite("DialectSQLite", ["DialectSQLite", "SchemaModel"]),
    suite("DialectPostgreSQL", ["DialectPostgreSQL", "SchemaModel"]),
    suite("EngineSQLite", ["EngineSQLite", "DialectSQLite", "SchemaModel", "CSQLite"]),
    suite(
      "EnginePostgreSQL",
      [
        "EnginePostgreSQL", "DialectPostgreSQL", "SchemaModel", "CLibPQ", "SchemaHistory",
        "StoreFormat",
        "RandomSchemas",
      ], without: ["News/Cases"]),
    suite("Importers", ["Importers", "DialectSQLite", "DialectPostgreSQL", "SchemaModel", grdb]),
    .executableTarget(
      name: "CrashChild", dependencies: ["SchemaHistory", "SchemaModel"],
      path: "tools/crash/child", swiftSettings: settings),
    suite(
      "Crash",
      [
        "CrashChild", "StrataCLI", "EnginePostgreSQL", "SchemaHistory", "SchemaModel", "Storage",
        "StoreFormat", "HistoryGenerator",
      ]),
    suite(
      "Laws",
      ["SchemaHistory", "SchemaModel", "Storage", "StoreFormat", "Projections", "HistoryGenerator"]),
    suite("Projections", ["Projections", "SchemaModel", grdb]),
    suite(
      "Stores",
      [
        "StrataCLI", "EngineSQLite", "SchemaHistory", "SchemaModel", "Storage", "StoreFormat",
        "LMDB", "HistoryGenerator",
        grdb,
      ]),
    suite(
      "ThirdDialect",
      [
        "DialectRegistry", "Documents", "Importers", "SchemaHistory", "SchemaModel", "StoreFormat",
        "Workflows",
      ]),
    .testTarget(
      name: "TranscriptsTests",
      dependencies: [
        "StrataCLI", "EnginePostgreSQL", "SchemaHistory", "SchemaModel", "Storage", "StoreFormat",
        argumentParser, "CSQLite", "RandomSchemas",
      ],
      path: "Tests/Transcripts", exclude: ["Sessions", "Terminal"], swiftSettings: settings),
    suite(
      "SchemaHistory",
      [
        "SchemaHistory", "SchemaModel", "Storage", "StoreFormat", "Projections", "LMDB",
        "EngineSQLite", "DialectSQLite",
      ]),
  ]
)
