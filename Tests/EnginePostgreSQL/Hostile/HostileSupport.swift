import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A port of this machine that notes who comes.
final class TCPListener {
  private let socket: Int32
  let port: UInt16

  struct Failure: Error {}

  init() throws {
    #if canImport(Glibc)
      socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let file = socket
    let isBound = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(file, $0, size) == 0 && listen(file, 16) == 0 && getsockname(file, $0, &size) == 0
      }
    }
    guard isBound else { throw Failure() }
    port = UInt16(bigEndian: address.sin_port)
    _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    Thread.detachNewThread { [file] in
      // What waits for an answer is let go, so that no client waits for long.
      while true {
        var poller = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        if poll(&poller, 1, -1) < 0 || poller.revents & Int16(POLLIN) == 0 { return }
        let client = accept(file, nil, nil)
        if client < 0 { return }
        TCPListener.reached.withLock { $0[file, default: 0] += 1 }
        close(client)
      }
    }
  }

  private static let reached = Counts()

  private final class Counts: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Int32: Int] = [:]
    func withLock<T>(_ body: (inout [Int32: Int]) -> T) -> T { lock.withLock { body(&values) } }
  }

  /// Whether anybody came since the last time.
  func wasReached() -> Bool {
    let socket = socket
    return Self.reached.withLock { $0.removeValue(forKey: socket) ?? 0 } > 0
  }

  deinit {
    shutdown(socket, Int32(SHUT_RDWR))
    close(socket)
  }
}

/// A table of docs/SECURITY.md that a test makes: it stands between two marks.
struct SecurityTable {
  let name: String

  private static let path = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/SECURITY.md")

  /// Compares the table with what was found; with STRATA_WRITE_DOCS=1 it is written anew.
  /// The page has what PostgreSQL 15 answers.
  func hold(on majorVersion: Int, _ rows: [[String]]) throws {
    guard majorVersion == 15 else { return }
    var lines = rows.map { row in
      "| "
        + row.map { cell in
          cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
        }.joined(separator: " | ") + " |"
    }
    lines.insert("|" + rows[0].map { _ in " --- |" }.joined(), at: 1)
    let table = lines.joined(separator: "\n")
    let text = try String(contentsOf: Self.path, encoding: .utf8)
    let start = try #require(text.range(of: "<!-- made by: \(name) -->\n"), "no mark of \(name)")
    let end = try #require(
      text.range(of: "\n<!-- end -->", range: start.upperBound..<text.endIndex))
    if ProcessInfo.processInfo.environment["STRATA_WRITE_DOCS"] == "1" {
      let written =
        text[..<start.upperBound] + table + text[end.lowerBound...]
      try String(written).write(to: Self.path, atomically: true, encoding: .utf8)
    } else {
      let found = text[start.upperBound..<end.lowerBound]
      #expect(found == table, "run it with STRATA_WRITE_DOCS=1 and look at what changed")
    }
  }
}
