internal import EnginePostgreSQL
internal import EngineSQLite
public import SchemaModel

extension Dialects {
  /// The dialects that come with Strata: the one place that lists them.
  public static let standard = Dialects([SQLiteWing(), PostgreSQLWing()])

  /// The dialect of a new history for which none is named.
  public static let usual = SQLiteWing().dialect
}
