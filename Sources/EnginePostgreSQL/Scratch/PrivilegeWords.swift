internal import SchemaModel

/// What PostgreSQL's messages say of rights that are lacking.
enum PrivilegeWords {
  /// The role that a statement wanted to act as, or to give something to.
  static func unadmitted(_ message: String) -> String? {
    for start in starts {
      if let role = RoleWords.between(start, "\"", message) { return role }
    }
    return nil
  }

  private static let starts = [
    "must be member of role \"", "must be able to SET ROLE \"", "permission denied to set role \"",
  ]

  /// The same in a longer text, such as another program's.
  static func unadmitted(in text: String) -> String? {
    for line in text.split(separator: "\n") {
      for start in starts {
        guard let place = line.firstRange(of: start) else { continue }
        let rest = line[place.upperBound...]
        guard let end = rest.firstIndex(of: "\"") else { continue }
        return String(rest[..<end])
      }
    }
    return nil
  }

  /// Whether another program's message is of rights that are lacking.
  static func areIn(_ text: String) -> Bool {
    [
      "InsufficientPrivilege", "permission denied ", "must be superuser", "must be owner of",
      "must be member of role", "must be able to SET ROLE",
    ].contains { text.contains($0) }
  }

  /// Why nobody but a superuser may do it, where more is known than PostgreSQL says.
  static func reason(_ message: String) -> String? {
    let start = "permission denied to create extension \""
    guard let place = message.firstRange(of: start) else { return nil }
    let rest = message[place.upperBound...]
    guard let end = rest.firstIndex(of: "\"") else { return nil }
    return HarmlessExtensions.reason(String(rest[..<end]))
  }

  static func nextStep(reason: String?) -> String {
    (reason.map { $0 + "; " } ?? "")
      + "migrations run as the owner of their database, as on a managed service; --superuser runs "
      + "them as a superuser of the temporary PostgreSQL"
  }
}
