internal import SchemaModel

extension PostgreSQL.Render {
  private static let plainTypes: Set<String> = [
    "boolean", "\"char\"", "smallint", "integer", "bigint", "real", "double precision", "money",
    "date", "time", "timestamp", "interval", "uuid", "name", "oid", "point", "lseg", "box", "line",
    "circle", "macaddr", "macaddr8", "pg_lsn", "tid", "xid", "xid8", "cid", "tsquery",
    "regclass", "regtype", "regproc", "regprocedure", "regoper", "regoperator", "regnamespace",
    "regrole", "regconfig", "regdictionary", "regcollation",
  ]

  /// The storage that a column of a type begins with: before version 16, no word stands for it.
  static func storage(of type: String, _ schema: Schema) -> String {
    if type.hasSuffix("]") { return "EXTENDED" }
    for (path, object) in schema.objects where qualified(path) == type {
      switch path.kind {
      case .enumeration: return "PLAIN"
      case .domain:
        guard let text = object.definition?.text else { continue }
        let head = "CREATE DOMAIN \(type) AS "
        return storage(of: String(text.dropFirst(head.count)), schema)
      case .compositeType, .rangeType, .table, .view: return "EXTENDED"
      default: continue
      }
    }
    func isOf(_ name: String) -> Bool {
      type == name || type.hasPrefix(name + " ") || type.hasPrefix(name + "(")
    }
    if ["numeric", "inet", "cidr"].contains(where: isOf) { return "MAIN" }
    return plainTypes.contains(where: isOf) ? "PLAIN" : "EXTENDED"
  }
}
