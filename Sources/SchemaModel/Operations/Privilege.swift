/// What a role may be allowed to do with an object, with the letter by which the model writes it in
/// an access list. The order is that of the words in a sentence.
///
/// The letters are on disk: none changes its meaning.
public enum Privilege: Character, Hashable, Sendable, CaseIterable {
  case insert = "a"
  case select = "r"
  case update = "w"
  case delete = "d"
  case truncate = "D"
  case references = "x"
  case trigger = "t"
  case maintain = "m"
  case execute = "X"
  case usage = "U"
  case create = "C"
  case connect = "c"
  case temporary = "T"
  case set = "s"
  case alterSystem = "A"

  /// As a statement names it: `ALTER SYSTEM`.
  public var word: String {
    switch self {
    case .insert: "INSERT"
    case .select: "SELECT"
    case .update: "UPDATE"
    case .delete: "DELETE"
    case .truncate: "TRUNCATE"
    case .references: "REFERENCES"
    case .trigger: "TRIGGER"
    case .maintain: "MAINTAIN"
    case .execute: "EXECUTE"
    case .usage: "USAGE"
    case .create: "CREATE"
    case .connect: "CONNECT"
    case .temporary: "TEMPORARY"
    case .set: "SET"
    case .alterSystem: "ALTER SYSTEM"
    }
  }
}
