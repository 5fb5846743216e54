import SchemaModel
public import SchemaHistory

extension History {
  /// Finishes the interrupted rewriting of a folder that the user names; of another one, it is said,
  /// and nothing done.
  /// - Returns: whether files of the folder have changed.
  func settle(_ folder: String, _ teller: Teller) throws -> Bool {
    guard let interrupted = try interruptedFolder() else { return false }
    guard try isInterrupted(folder) else {
      teller.warn(InterruptedFolder.warning(interrupted))
      return false
    }
    try finishFolder(folder)
    teller.note("finished the interrupted rewriting of \(folder)")
    return true
  }

  /// Lets the projection follow what was written, so that other SQLite clients see it. It follows
  /// by itself at the next `query`, so its failure is a warning.
  func letProjectionFollow(_ teller: Teller) {
    if let warning = projectionWarning() { teller.warn(warning) }
  }

  /// Lets the projection follow what was written, so that other SQLite clients see it.
  /// - Returns: why it does not, in one line; it follows by itself at the next `query`.
  public func projectionWarning() -> String? {
    do {
      try followLog()
      return nil
    } catch {
      return "the projection does not follow yet: \(error)"
    }
  }
}

/// What a crash left of the rewriting of a migrations folder.
public enum InterruptedFolder {
  /// One line that names the folder and what finishes it.
  public static func warning(_ folder: String) -> String {
    "the rewriting of the migrations folder \(folder) was interrupted; "
      + "`strata restore --finish DIR` finishes it"
  }
}
