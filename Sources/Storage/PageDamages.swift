import SchemaModel
import Glibc
import LMDB

extension Store {
  /// What is wrong with the pages of the log's file, one line each: asked before the log is opened,
  /// since LMDB would trip over such a page.
  /// - Throws: `StoreError.notAStore`; `.medium` for a file that is no environment at all.
  public static func damagedPages(at directory: String) throws -> [(place: String, message: String)]
  {
    let log = logPath(directory)
    try StorePlaces.check(directory)
    guard access(log + "/data.mdb", F_OK) == 0 else { throw StoreError.notAStore(directory) }
    return try translating(log) {
      let environment = try Environment.open(
        path: log, options: Environment.Options(isReadOnly: true))
      return try environment.damagedPages().map { damage in
        let database = damage.database.map { " of \($0)" } ?? ""
        return ("page \(damage.page)\(database)", damage.message)
      }
    }
  }
}
