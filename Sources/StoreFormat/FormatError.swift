public import SchemaModel

/// Bytes that are not what the format says they should be.
public enum FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  case truncated(String)
  case malformed(String, expected: String)
  case missingField(String, of: String)
  case newerVersion(found: UInt64, known: UInt64, of: String)
  case unknownKind(UInt64, of: String)
  case wrongHash(expected: ContentHash, found: ContentHash, of: String)

  /// Whether nothing is wrong but that this reader is too old.
  public var isNewer: Bool {
    if case .newerVersion = self { return true }
    return false
  }

  public var description: String {
    switch self {
    case .truncated(let what): "\(what): the bytes end too early"
    case .malformed(let what, let expected): "\(what): expected \(expected), found other bytes"
    case .missingField(let field, let what): "\(what): the field '\(field)' is missing"
    case .newerVersion(let found, let known, let what):
      "\(what) has format version \(found), this Strata knows up to \(known): use a newer Strata"
    case .unknownKind(let kind, let what):
      "\(what) has the kind \(kind), which this Strata does not know: use a newer Strata"
    case .wrongHash(let expected, let found, let what):
      "\(what): its hash should be \(expected.short), but its bytes give \(found.short)"
    }
  }
}
