internal import FileSystem
internal import SchemaModel

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The files of scratch databases.
enum ScratchFiles {
  static func makeFolder() throws -> String {
    let prefix = Files.temporaryDirectory + "/strata-scratch-"
    do {
      return try Files.makeUniqueDirectory(prefix)
    } catch {
      throw ProductError(
        error.code == EIO ? .engine : .refused,
        "cannot make a scratch folder \(prefix)...: \(error.reason); set TMPDIR to a folder that "
          + "can be written")
    }
  }

  static func copy(_ source: String, _ target: String) throws {
    let from = try openForReading(source)
    defer { close(from) }
    try make(target) { try FileWriter.copy(from, to: $0, named: target) }
  }

  static func openForReading(_ path: String) throws -> Int32 {
    let source = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else {
      throw SQLiteEngineError.files("cannot read \(path): \(FileError.reason())")
    }
    return source
  }

  static func make(_ path: String, _ body: (Int32) throws -> Void) throws {
    do {
      try FileWriter.replace(path, beside: path + ".partial", mode: 0o600, body)
    } catch let error as FileError {
      throw SQLiteEngineError.files("cannot write \(path): \(error.reason)")
    }
  }
}
