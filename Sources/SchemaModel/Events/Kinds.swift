// What an audit can be asked for: every word that `kind` can be. A test holds them against each other.

extension Operation {
  /// Every kind of operation.
  public static var kinds: [String] {
    let ofTables = [
      "add column", "drop column", "rename column", "alter column", "reorder columns",
      "add constraint", "drop constraint", "rename constraint", "alter constraint",
      "validate constraint", "rewrite text", "statement",
    ]
    let ofObjects = ObjectKind.allCases.flatMap { kind in
      ["create", "drop", "rename", "alter", "annotate"].map { "\($0) \(kind)" }
    }
    return ofObjects + ofTables
  }
}

extension Event.Fact {
  /// Every kind of event.
  public static var kinds: [String] {
    [
      "opened", "revision recorded", "tagged", "tag deleted", "truncated", "restored",
      "runner noted", "signed",
    ] + Operation.kinds
  }
}
