import SchemaModel
import Testing

@Suite("The constraint behind a column's NOT NULL")
struct NotNullTests {
  private let path = ObjectPath.table("users", namespace: "public")

  private func column(_ notNull: NotNull?, name: String = "email") -> Column {
    var column = Column(name: name, type: "text", isNullable: notNull == nil)
    column.notNull = notNull
    return column
  }

  private func change(_ old: NotNull?, _ new: NotNull?) throws -> AlterColumn {
    let change = AlterColumn(table: path, before: column(old), after: column(new))
    var schema = Schema([path: SchemaObject(.table(Table(columns: [change.before])))])
    try change.apply(to: &schema)
    #expect(schema.table("users", namespace: "public")?.columns == [change.after])
    try change.inverse?.apply(to: &schema)
    #expect(schema.table("users", namespace: "public")?.columns == [change.before])
    return change
  }

  private func words(_ old: NotNull?, _ new: NotNull?) throws -> String {
    String(try change(old, new).summary.dropFirst("alter column public.users.email: ".count))
  }

  @Test("reads back as it was said, and leaves nothing where nothing is said")
  func roundTrip() {
    let whole = NotNull(
      name: "n", isValid: false, isInheritable: false, isInherited: true, comment: "")
    #expect(column(whole).notNull == whole)
    #expect(column(NotNull()).attributes == [:])
    #expect(column(NotNull()) == Column(name: "email", type: "text", isNullable: false))
    var nullable = column(nil)
    nullable.notNull?.name = "n"
    #expect(nullable == Column(name: "email", type: "text"))
  }

  @Test("is told with its column, by its name only where somebody gave it one")
  func descriptions() {
    #expect("\(column(NotNull(name: "users_email_not_null")))" == "email text NOT NULL")
    #expect("\(column(NotNull(name: "old_email_not_null")))" == "email text NOT NULL")
    #expect(
      "\(column(NotNull(name: "users_mail_not_null")))"
        == "email text CONSTRAINT users_mail_not_null NOT NULL")
    #expect(
      "\(column(NotNull(name: "n", isValid: false, isInheritable: false, comment: "why")))"
        == "email text CONSTRAINT n NOT NULL NO INHERIT NOT VALID [not null comment: why]")
    #expect("\(column(NotNull(isInherited: true)))" == "email text NOT NULL [not null inherited]")
  }

  @Test("changes in words")
  func changes() throws {
    let named = NotNull(name: "a")
    #expect(try words(nil, named) == "now CONSTRAINT a NOT NULL")
    #expect(try words(nil, NotNull(name: "users_email_not_null")) == "now NOT NULL")
    #expect(try words(named, nil) == "now nullable")
    #expect(try words(named, NotNull(name: "b")) == "NOT NULL constraint a -> b")
    #expect(
      try words(NotNull(name: "a", isValid: false), NotNull(name: "a", isInheritable: false))
        == "NOT NULL now NO INHERIT, NOT NULL now validated")
    #expect(try words(named, NotNull(isInherited: true)) == "NOT NULL now only inherited")
    #expect(
      try words(named, NotNull(name: "a", comment: "why")) == "NOT NULL comment none -> why")
  }

  @Test("is no news where one of two servers does not tell of it; that old rows may hold NULL is")
  func untold() throws {
    for told in [NotNull(name: "any name"), NotNull(isInherited: true)] {
      #expect(try change(NotNull(), told).isAidOnly)
      #expect(try change(told, NotNull()).isAidOnly)
    }
    #expect(try !change(NotNull(name: "a"), NotNull(name: "b")).isAidOnly)
    #expect(try words(NotNull(), NotNull(name: "a", isValid: false)) == "NOT NULL now NOT VALID")
  }

  @Test("under another name is the same column; validated it is not")
  func ofColumn() throws {
    let named = NotNull(name: "a")
    #expect(try !change(named, NotNull(name: "b", comment: "c")).isOfColumn)
    #expect(try !change(NotNull(), named).isOfColumn)
    #expect(try change(nil, named).isOfColumn)
    #expect(try change(NotNull(name: "a", isValid: false), named).isOfColumn)
    var both = try change(named, NotNull(name: "b"))
    both.after.type = "varchar"
    #expect(both.isOfColumn)
  }
}
