import SchemaModel
import Glibc

/// Who is at the keyboard: `STRATA_AUTHOR`, else git's user, else the login name.
enum Author {
  /// Where the environment says it.
  static var variables: [String] {
    getenv("STRATA_AUTHOR") == nil
      ? ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"] : ["STRATA_AUTHOR"]
  }

  static let current: String = {
    if let named = Environment.value("STRATA_AUTHOR") { return named }
    let name = Environment.value("GIT_AUTHOR_NAME") ?? output(of: "git config user.name")
    let address = Environment.value("GIT_AUTHOR_EMAIL") ?? output(of: "git config user.email")
    switch (name, address) {
    case (let name?, let address?): return "\(name) <\(address)>"
    case (let name?, nil): return name
    default: return Environment.value("USER") ?? Environment.value("LOGNAME") ?? "unknown"
    }
  }()

  /// The first line that a command prints; nil where it fails or prints none.
  private static func output(of command: String) -> String? {
    guard let stream = popen("\(command) 2>/dev/null", "re") else { return nil }
    var buffer = [CChar](repeating: 0, count: 1024)
    let hasLine = fgets(&buffer, Int32(buffer.count), stream) != nil
    guard pclose(stream) == 0, hasLine else { return nil }
    let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
