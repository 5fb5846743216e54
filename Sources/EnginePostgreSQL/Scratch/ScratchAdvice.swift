internal import DialectPostgreSQL
public import SchemaModel

extension PostgreSQLScratch {
  public func advice(on reason: String) -> String? {
    if let name = ExtensionWords.missing(in: reason) {
      return "install the extension \(name) for \(host.build): "
        + PostgreSQLPackages.advice(extension: name, host.build)
    }
    if let name = BuildWords.missing(in: reason, hasICU: host.hasICU) {
      return "\(host.build) was built without \(name): \(PostgreSQLPackages.otherServer)"
    }
    if settings.tool.sendsOneQuery, reason.contains("cannot run inside a transaction block") {
      return
        "the tool sends the script as one query, which PostgreSQL runs as one transaction: give "
        + "the statement a migration of its own"
    }
    if host.isRestricted, PrivilegeWords.areIn(reason) {
      return PrivilegeWords.nextStep(reason: PrivilegeWords.reason(reason))
    }
    if reason.contains(CommitCheck.refusalCode) {
      return "leave --scratch out, or take it out of the migration and do it by hand"
    }
    guard let role = RoleWords.missing(in: reason), !host.isOwn else { return nil }
    return "make the role \(role) there (CREATE ROLE ...), or leave --scratch out"
  }
}
