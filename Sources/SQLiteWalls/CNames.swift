internal import CSQLite

/// A few names, compared as SQLite compares them with the texts that it hands over.
struct CNames: Sendable {
  private let names: [[CChar]]

  init(_ names: Set<String>) { self.names = names.sorted().map { Array($0.utf8CString) } }

  func hold(_ name: UnsafePointer<CChar>?) -> Bool {
    guard let name else { return false }
    for known in names where sqlite3_stricmp(known, name) == 0 { return true }
    return false
  }
}
