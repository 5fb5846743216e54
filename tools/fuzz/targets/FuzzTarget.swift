/// What reads bytes that nobody vouches for: from disk, from a peer, from a catalog, from a file or the
/// command line. Each of them takes any bytes, and either makes something of them that keeps its law or
/// refuses them with an error. A trap, a hang or a broken law is what a fuzzer looks for.
public struct FuzzTarget: Sendable {
  public let name: String
  /// Traps where a law is broken. What a reader refuses is no matter.
  public let run: @Sendable (UnsafeRawBufferPointer) -> Void

  init(_ name: String, _ run: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void) {
    self.name = name
    self.run = { bytes in
      do { try run(bytes) } catch { precondition(!"\(error)".isEmpty, "an error says nothing") }
    }
  }

  /// In the order in which they are run.
  public static let all: [FuzzTarget] =
    formats + notes + [pages, bridge] + scripts + catalogs + names + layouts + settings

  /// One that has a fault on purpose, which whoever runs the others must see found.
  public static let canary = FuzzTarget("canary") { bytes in
    let word: StaticString = "strata"
    guard bytes.count > word.utf8CodeUnitCount else { return }
    for index in 0..<word.utf8CodeUnitCount {
      guard bytes[index] == word.utf8Start[index] else { return }
    }
    preconditionFailure("the canary")
  }

  public static func named(_ name: String) -> FuzzTarget? {
    (all + [canary]).first { $0.name == name }
  }
}

/// The bytes as text, with what is no UTF-8 replaced: for readers that are given text.
func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
