import Glibc
import Testing

@testable import Importers

@Suite("Subprocess")
struct SubprocessTests {
  @Test("Lines go to a child and come back, a megabyte at a time")
  func echo() throws {
    let process = try Subprocess("cat", [])
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
    for text in [Array("one".utf8), line, Array("three".utf8)] {
      try process.write(text + [10], limit: .seconds(20))
      #expect(try process.readLine(limit: .seconds(20)) == text)
    }
    #expect(process.finish() == 0)
  }

  @Test("The last line needs no end, and after it there is nothing")
  func lastLine() throws {
    let process = try Subprocess("printf", ["a\\nb"])
    #expect(try process.readLine(limit: nil) == Array("a".utf8))
    #expect(try process.readLine(limit: nil) == Array("b".utf8))
    #expect(try process.readLine(limit: nil) == nil)
  }

  @Test("What it writes to standard error is kept, the end of it, and never blocks it")
  func standardError() throws {
    let process = try Subprocess("sh", ["-c", "seq 100000 >&2; echo done"])
    #expect(try process.readLine(limit: .seconds(20)) == Array("done".utf8))
    #expect(process.finish() == 0)
    #expect(process.errorOutput.hasSuffix("99999\n100000"))
    #expect(process.errorOutput.utf8.count <= Subprocess.errorTailBytesMax)
  }

  @Test("A child that is late is ended with its own children, and the error says so")
  func timeout() throws {
    let process = try Subprocess(
      "sh", ["-c", "sleep 1000 & echo $!; echo waiting >&2; wait"])
    let first = try process.readLine(limit: .seconds(20)) ?? []
    let grandchild = try #require(pid_t(String(decoding: first, as: UTF8.self)))
    #expect(
      message { _ = try process.readLine(limit: .seconds(1)) }
        == "sh was stopped: it had not answered after 1 s; its last words:\n  waiting")
    var left = 100
    // The grandchild's new parent takes a moment to bury it.
    while kill(grandchild, 0) == 0, !isZombie(grandchild), left > 0 {
      usleep(20_000)
      left -= 1
    }
    #expect(kill(grandchild, 0) != 0 || isZombie(grandchild))
  }

  @Test("A child that does not care for SIGTERM is killed")
  func stubborn() throws {
    let process = try Subprocess(
      "sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"])
    #expect(try process.readLine(limit: .seconds(20)) == Array("ready".utf8))
    process.terminate()
    #expect(process.finish() == 128 + SIGKILL)
  }

  @Test("Writing to a child that is gone is an error, not a signal")
  func gone() throws {
    let process = try Subprocess("sh", ["-c", "echo no >&2; exit 3"])
    #expect(try process.readLine(limit: .seconds(20)) == nil)
    let text = message {
      for _ in 0..<100 {
        try process.write([UInt8](repeating: 10, count: 100_000), limit: .seconds(5))
      }
    }
    #expect(text == "sh ended before its time (exit code 3); its last words:\n  no")
  }

  @Test("A program that is not there is an error that names it")
  func notThere() {
    #expect(
      message { _ = try Subprocess("/no/such/program", []) }
        == "cannot start /no/such/program: No such file or directory")
  }

  @Test("A hundred children leave no descriptor and no zombie behind")
  func nothingLeft() throws {
    let before = try Disk.names(in: "/proc/self/fd").count
    for _ in 0..<100 {
      let process = try Subprocess("true", [])
      _ = try process.readToEnd(limit: .seconds(20))
      process.finish()
    }
    // Other tests run beside this one: a leak would be 300.
    #expect(try Disk.names(in: "/proc/self/fd").count < before + 100)
  }

  private func isZombie(_ pid: pid_t) -> Bool {
    let status = (try? Disk.bytes(of: "/proc/\(pid)/stat")) ?? []
    return String(decoding: status, as: UTF8.self).contains(") Z ")
  }
}
