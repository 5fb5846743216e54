// Entries of access control lists, as `aclitem` writes them: `"R 2"=r*/postgres`.
internal import SchemaModel

extension PostgreSQL.Catalog.Builder {
  /// The entry with `@self` in place of the role that runs the migrations.
  func entry(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let grantee = PostgreSQL.aclName(bytes, at: 0)
    guard let slash = bytes[grantee.end...].firstIndex(of: UInt8(ascii: "/")) else { return text }
    let grantor = PostgreSQL.aclName(bytes, at: slash + 1)
    func slice(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    func role(_ name: String, _ written: Range<Int>) -> String {
      name == sessionRole ? PostgreSQL.Catalog.sessionRole : slice(written)
    }
    return role(grantee.name, 0..<grantee.end) + slice(grantee.end..<slash + 1)
      + role(grantor.name, slash + 1..<bytes.count)
  }
}

extension PostgreSQL {
  /// A role's name in an `aclitem`, and where it ends: quoted like an identifier, but for more
  /// reasons.
  static func aclName(_ bytes: [UInt8], at start: Int) -> (name: String, end: Int) {
    let quote = UInt8(ascii: "\"")
    var name: [UInt8] = []
    var offset = start
    guard offset < bytes.count, bytes[offset] == quote else {
      while offset < bytes.count, bytes[offset] != UInt8(ascii: "=") {
        name.append(bytes[offset])
        offset += 1
      }
      return (String(decoding: name, as: UTF8.self), offset)
    }
    offset += 1
    while offset < bytes.count {
      if bytes[offset] == quote {
        guard offset + 1 < bytes.count, bytes[offset + 1] == quote else { break }
        offset += 1
      }
      name.append(bytes[offset])
      offset += 1
    }
    return (String(decoding: name, as: UTF8.self), min(offset + 1, bytes.count))
  }
}
