@testable import Importers
@testable import LMDB

extension FuzzTarget {
  /// A log's or a segment's file, in pages of 256 bytes, so that more of them fit into an input.
  static let pages = FuzzTarget("pages") { bytes in
    let size = 256
    guard bytes.count >= 2 * size else { return }
    let key = Array("state".utf8)
    let metas = PageCheck.values(in: bytes, pageSize: size, of: key, in: "meta")
    precondition(metas.count == 2)
    for meta in metas {
      _ = PageCheck.damages(in: bytes, pageSize: size, transaction: meta.transaction)
    }
  }

  /// A line of the interpreter that runs Alembic, in which migrations may print as well.
  static let bridge = FuzzTarget("bridge") { bytes in
    _ = try BridgeReply(line: Array(bytes))
  }
}
