import SchemaModel
import Glibc
import LMDB
import StoreFormat

extension Store {
  /// What is wrong with the pages of the log's file, one line each: asked before the log is opened,
  /// since LMDB would trip over such a page.
  /// - Throws: `StoreError.notAStore`; `.medium` for a file that is no environment at all.
  public static func damagedPages(at directory: String) throws -> [(place: String, message: String)]
  {
    let log = logPath(directory)
    try StorePlaces.check(directory)
    try expectLog(at: directory)
    return try translating(log) {
      let environment = try Environment.open(
        path: log,
        options: Environment.Options(
          isReadOnly: true, usesLock: StorePlaces.mayCountReaders(log: log)))
      return try damagedPages(of: environment)
    }
  }

  private static func damagedPages(
    of environment: Environment
  ) throws -> [(place: String, message: String)] {
    let damages = try environment.damagedPages().map { damage in
      let database = damage.database.map { " of \($0)" } ?? ""
      return ("page \(damage.page)\(database)", damage.message)
    }
    if !damages.isEmpty { return damages }
    return try Self.damages(of: environment.metaPages(valueOf: Keys.state, in: Keys.meta))
  }

  /// Before what moves or removes much of the log: all of its pages, not only those on the way.
  /// - Throws: `StoreError.inconsistent`.
  public func checkPages() throws {
    try Self.translating(logPath) {
      guard let damage = try Self.damagedPages(of: environment).first else { return }
      throw StoreError.inconsistent("\(damage.place): \(damage.message)")
    }
  }

  /// LMDB reads the state whose meta page has the higher number. With a damaged number that is the one
  /// before the last commit, whose pages are all sound.
  static func damages(of pages: [MetaPage]) -> [(place: String, message: String)] {
    var found: [(place: String, message: String)] = []
    for page in pages where page.transaction > 0 {
      func damage(_ message: String) {
        found.append(("page \(page.page)", message + "; the last commits may be out of sight"))
      }
      if page.transaction % 2 != UInt64(page.page) {
        damage("its transaction has the number \(page.transaction), which is the other meta page's")
        continue
      }
      // A copy without free pages begins to count anew.
      guard page.transaction > 1, let value = page.value,
        let state = value.withUnsafeBytes({ try? StoreState($0) }),
        let written = state.transaction, written != page.transaction
      else { continue }
      damage(
        "its transaction has the number \(page.transaction), but \(written) wrote what it leads to")
    }
    let numbers = pages.map(\.transaction)
    if found.isEmpty, let low = numbers.min(), let high = numbers.max(), high - low > 1 {
      found.append(
        (
          "the meta pages",
          "expected the numbers of two transactions that follow each other, found \(low) and \(high); the "
            + "last commits may be out of sight"
        ))
    }
    return found
  }
}
