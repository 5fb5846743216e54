// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "benchmark",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "strata", path: "../..")],
  targets: [
    .executableTarget(
      name: "Benchmark",
      dependencies: [
        .product(name: "SchemaHistory", package: "strata"),
        .product(name: "Strata", package: "strata"),
        .product(name: "StrataInternals", package: "strata"),
        .product(name: "CLMDB", package: "strata"),
      ],
      swiftSettings: settings)
  ]
)
