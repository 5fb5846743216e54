internal import SchemaModel

/// Where a PostgreSQL database is and who asks, as people and migration tools write it.
public struct PostgreSQLLocation: Hashable, Sendable, CustomStringConvertible {
  /// libpq's keywords (host, port, user, password, dbname, sslmode, ...) and their values.
  public var parameters: [String: String]
  /// What SQLAlchemy's URLs name behind the plus: psycopg2, psycopg, asyncpg.
  public var driver: String?

  public init(parameters: [String: String], driver: String? = nil) {
    self.parameters = parameters
    self.driver = driver
  }

  /// Reads `postgresql://`, `postgres://`, `postgresql+psycopg2://` and the like, or libpq's
  /// keywords (`host=/run/postgresql dbname=app`).
  /// - Throws: `PostgreSQLEngineError.invalidURL`, which never shows what may be a password.
  public init(_ text: String) throws(PostgreSQLEngineError) {
    self = try LocationReader.read(text)
  }

  /// A name, an address, or the absolute path of a socket's folder; nil leaves it to libpq, as in
  /// all of these.
  public var host: String? { parameters["host"] }
  /// Digits; several, divided by commas, where `host` names several.
  public var port: String? { parameters["port"] }
  /// The role that connects.
  public var user: String? { parameters["user"] }
  /// In clear: never for a message. `description` leaves it out.
  public var password: String? { parameters["password"] }
  /// The keyword `dbname`.
  public var database: String? {
    get { parameters["dbname"] }
    set { parameters["dbname"] = newValue }
  }

  /// The same server and role, another database.
  public func with(database: String) -> PostgreSQLLocation {
    var location = self
    location.database = database
    return location
  }

  /// Without any password: for messages and logs.
  public var description: String {
    text(scheme: "postgresql") { !Self.secrets.contains($0) }
  }

  /// The whole URL, with its password and its driver: for the tool that is to connect, never for a
  /// message.
  public var url: String {
    text(scheme: driver.map { "postgresql+\($0)" } ?? "postgresql") { _ in true }
  }

  static let secrets: Set<String> = ["password", "sslpassword", "passfile", "oauth_client_secret"]

  private func text(scheme: String, _ isShown: (String) -> Bool) -> String {
    var authority = ""
    var query: [(String, String)] = []
    if let user { authority += Percent.encoded(user) }
    if let password, isShown("password") { authority += ":" + Percent.encoded(password) }
    if !authority.isEmpty { authority += "@" }
    let port = port
    if let host, !host.hasPrefix("/"), !host.hasPrefix("@"), !host.contains(",") {
      authority += host.contains(":") ? "[\(host)]" : Percent.encoded(host)
      if let port { authority += ":" + Percent.encoded(port) }
    } else {
      if let host { query.append(("host", host)) }
      if let port { query.append(("port", port)) }
    }
    let others = parameters.filter {
      !["user", "password", "host", "port", "dbname"].contains($0.key) && isShown($0.key)
    }
    query += others.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return "\(scheme)://\(authority)/" + Percent.encoded(database ?? "")
      + (query.isEmpty ? "" : "?")
      + query.map { "\($0)=\(Percent.encoded($1, alsoPlain: "/"))" }.joined(separator: "&")
  }
}

enum Percent {
  static func encoded(_ text: String, alsoPlain: String = "") -> String {
    let plain = Set("-._~\(alsoPlain)".utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
      if isLetter || (0x30...0x39).contains(byte) || plain.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Nil where a percent sign has no two digits behind it, or the bytes are no text.
  static func decoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == 0x25 else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst(), let low = rest.popFirst(),
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16), value > 0
      else { return nil }
      bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
