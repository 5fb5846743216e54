import Foundation
import LMDB

/// A temporary directory that goes with the test.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "strata-lmdb-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func open(_ options: Environment.Options = .init(mapSizeBytes: 1 << 28)) throws -> Environment {
    try Environment.open(path: path, options: options)
  }
}

func text(_ bytes: UnsafeRawBufferPointer?) -> String? {
  bytes.map { String(decoding: $0, as: UTF8.self) }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension Transaction {
  /// The keys as text, in order.
  func keys(
    _ database: Database, from key: [UInt8]? = nil, reversed: Bool = false
  ) throws -> [String] {
    var keys: [String] = []
    try forEach(database, from: key, reversed: reversed) { key, _ in
      keys.append(String(decoding: key, as: UTF8.self))
      return true
    }
    return keys
  }
}

/// Another process that speaks to the same environment: Python over the C library.
enum OtherProcess {
  static let isAvailable = (try? run("", on: "/tmp", preparation: "")) == ""

  private static let preamble = """
    import ctypes as c, ctypes.util, os, signal, sys
    m = c.CDLL(ctypes.util.find_library('lmdb') or 'liblmdb.so.0')
    class V(c.Structure): _fields_ = [('n', c.c_size_t), ('p', c.c_char_p)]
    P = c.c_void_p
    m.mdb_env_create.argtypes = [c.POINTER(P)]
    m.mdb_env_set_mapsize.argtypes = [P, c.c_size_t]
    m.mdb_env_set_maxdbs.argtypes = [P, c.c_uint]
    m.mdb_env_open.argtypes = [P, c.c_char_p, c.c_uint, c.c_int]
    m.mdb_txn_begin.argtypes = [P, P, c.c_uint, c.POINTER(P)]
    m.mdb_dbi_open.argtypes = [P, c.c_char_p, c.c_uint, c.POINTER(c.c_uint)]
    m.mdb_put.argtypes = [P, c.c_uint, c.POINTER(V), c.POINTER(V), c.c_uint]
    m.mdb_txn_commit.argtypes = [P]
    def ok(r):
      if r: sys.exit('code %d' % r)
    def put(k, v):
      ok(m.mdb_put(t, d, V(len(k), k), V(len(v), v), 0))

    """

  private static func opening(mapSizeBytes: Int) -> String {
    """
    e = P(); ok(m.mdb_env_create(e)); ok(m.mdb_env_set_mapsize(e, \(mapSizeBytes)))
    ok(m.mdb_env_set_maxdbs(e, 16)); ok(m.mdb_env_open(e, sys.argv[1].encode(), 0, 0o644))
    t = P(); ok(m.mdb_txn_begin(e, None, 0, t))
    d = c.c_uint(); ok(m.mdb_dbi_open(t, b'names', 0x40000, d))

    """
  }

  /// Runs `script` inside a write transaction `t` on the database `names` (`d`), with `put`.
  @discardableResult
  static func write(_ script: String, on path: String, mapSizeBytes: Int = 1 << 28) throws -> String
  {
    try run(script, on: path, preparation: opening(mapSizeBytes: mapSizeBytes))
  }

  private static func run(
    _ script: String, on path: String, preparation: String
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", preamble + preparation + script, path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
