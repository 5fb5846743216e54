import Foundation
import Testing

@Suite("The spelling of the code")
struct FormattingTests {
  @Test("swift format finds nothing to say")
  func formatting() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.currentDirectoryURL = URL(filePath: Checkout.root)
    let files = try Checkout.swiftFiles("Sources", "Tests", "store", "tools") + ["Package.swift"]
    process.arguments = ["swift", "format", "lint", "--strict", "--parallel"] + files
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "swift format -i repairs most of it:\n\(output)")
  }
}
