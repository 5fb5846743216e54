internal import SchemaModel

/// Reads connection texts. Its messages name what was expected and never quote the text, which may
/// hold a password at any place where it is written wrongly.
enum LocationReader {
  static func read(_ text: String) throws(PostgreSQLEngineError) -> PostgreSQLLocation {
    if text.utf8.contains(0) { throw invalid("it holds a zero byte") }
    if let range = separator(text) {
      return try url(text[..<range.lowerBound], text[range.upperBound...])
    }
    if text.contains("=") { return PostgreSQLLocation(parameters: try keywords(text)) }
    throw invalid("it is neither a URL nor keyword=value")
  }

  private static func invalid(_ found: String) -> PostgreSQLEngineError {
    .invalidURL(
      "expected a PostgreSQL database, as in postgresql://user:password@host:5432/database or "
        + "postgresql://user@/database?host=/run/postgresql; \(found)")
  }

  private static func separator(_ text: String) -> Range<String.Index>? {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
    return colon..<text.index(colon, offsetBy: 3)
  }

  private static func url(
    _ scheme: Substring, _ rest: Substring
  ) throws(PostgreSQLEngineError) -> PostgreSQLLocation {
    let parts = scheme.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    guard let product = parts.first, product == "postgresql" || product == "postgres" else {
      throw .invalidURL(
        "expected a PostgreSQL database (postgresql://...), found a URL of "
          + (scheme.count <= 20 && scheme.allSatisfy { $0.isLetter || $0 == "+" }
            ? String(scheme) : "something else"))
    }
    var location = PostgreSQLLocation(
      parameters: [:], driver: parts.count > 1 ? String(parts[1]) : nil)
    let pieces = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var authority = pieces[0]
    if let slash = authority.firstIndex(of: "/") {
      let database = authority[authority.index(after: slash)...]
      authority = authority[..<slash]
      if database.contains("@") || database.contains("/") {
        throw invalid(
          "there is a / or @ where the database's name ends; write those of user, "
            + "password and name as %2F and %40")
      }
      try set("dbname", database, &location)
    }
    // The last @: people forget to encode those of a password.
    if let at = authority.lastIndex(of: "@") {
      let user = authority[..<at].split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      authority = authority[authority.index(after: at)...]
      try set("user", user[0], &location)
      if user.count > 1 { try set("password", user[1], &location) }
    }
    try hosts(authority, &location)
    if pieces.count > 1 { try query(pieces[1], &location) }
    return location
  }

  private static func set(
    _ name: String, _ value: Substring, _ location: inout PostgreSQLLocation
  ) throws(PostgreSQLEngineError) {
    guard let decoded = Percent.decoded(value) else {
      throw invalid("a % in its \(name) has no two hexadecimal digits behind it; write it as %25")
    }
    if !decoded.isEmpty { location.parameters[name] = decoded }
  }

  /// `host`, `host:port`, `[::1]:port`, and several of them with commas.
  private static func hosts(
    _ text: Substring, _ location: inout PostgreSQLLocation
  ) throws(PostgreSQLEngineError) {
    var hosts: [String] = []
    var ports: [String] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      var host = part
      var port: Substring = ""
      if host.hasPrefix("["), let close = host.firstIndex(of: "]") {
        port = host[host.index(after: close)...]
        host = host[..<close].dropFirst()
      } else if let colon = host.lastIndex(of: ":") {
        port = host[colon...]
        host = host[..<colon]
      }
      if port.hasPrefix(":") { port = port.dropFirst() }
      guard port.isEmpty || UInt16(port) != nil else {
        throw invalid("what stands behind the host's colon is no port number")
      }
      guard let decoded = Percent.decoded(host) else {
        throw invalid("a % in its host has no two hexadecimal digits behind it")
      }
      hosts.append(decoded)
      ports.append(String(port))
    }
    let names = hosts.joined(separator: ",")
    if hosts.contains(where: { !$0.isEmpty }) { location.parameters["host"] = names }
    if ports.contains(where: { !$0.isEmpty }) {
      location.parameters["port"] = ports.joined(separator: ",")
    }
  }

  private static func query(
    _ text: Substring, _ location: inout PostgreSQLLocation
  ) throws(PostgreSQLEngineError) {
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let name = Percent.decoded(parts[0]) else {
        throw invalid("behind its ? is something that is not name=value")
      }
      switch name {
      // asyncpg's name of it, and settings of SQLAlchemy's drivers that libpq does not know.
      case "ssl":
        try set("sslmode", parts[1] == "true" ? "require" : parts[1], &location)
      case "prepared_statement_cache_size", "async_fallback", "prepared_statement_name_func",
        "command_timeout", "statement_cache_size", "executemany_mode", "prepare_threshold",
        "schema", "pgbouncer", "connection_limit", "pool_timeout":
        break
      default: try set(name, parts[1], &location)
      }
    }
  }

  /// libpq's own form: `host = a password = 'it''s'`, with backslashes before quotes.
  private static func keywords(
    _ text: String
  ) throws(PostgreSQLEngineError) -> [String: String] {
    var result: [String: String] = [:]
    var rest = text[...]
    func skipBlanks() { rest = rest.drop { $0.isWhitespace } }
    while true {
      skipBlanks()
      if rest.isEmpty { return result }
      let name = rest.prefix { !$0.isWhitespace && $0 != "=" }
      rest = rest[name.endIndex...]
      skipBlanks()
      guard rest.first == "=", !name.isEmpty else {
        throw invalid("a keyword is not followed by =")
      }
      rest = rest.dropFirst()
      skipBlanks()
      let isQuoted = rest.first == "'"
      if isQuoted { rest = rest.dropFirst() }
      var value = ""
      var isClosed = !isQuoted
      while let character = rest.first {
        if !isQuoted, character.isWhitespace { break }
        rest = rest.dropFirst()
        if isQuoted, character == "'" {
          isClosed = true
          break
        }
        if character == "\\", let next = rest.first {
          value.append(next)
          rest = rest.dropFirst()
        } else {
          value.append(character)
        }
      }
      guard isClosed else { throw invalid("a quoted value does not end") }
      result[String(name)] = value
    }
  }
}
