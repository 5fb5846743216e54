import SchemaModel

/// Rows that no database takes that heeds its own CHECKs: a migration put them in where they were
/// switched off. A baseline is run by others, so it switches nothing off.
enum BrokenCheck {
  static func isSaid(by error: any Error) -> Bool {
    // Both products say it so, in words that no setting of a language changes here.
    "\(error)".lowercased().contains("check constraint")
  }

  static func words(_ error: any Error) -> Message {
    let reason = String("\(error)".prefix { !$0.isNewline })
    return
      "the rows that the migrations left break a CHECK of their table, which was switched off for them: "
      + "\(VisibleText.line(reason))"
  }

  /// - Parameter other: what makes a baseline without rows.
  static func advice(_ other: String) -> String {
    "A migration that mends the rows or the CHECK makes a baseline behind it run; \(other) makes one without rows"
  }
}
