import FoundationEssentials

/// What we ask of the Python program; one JSON document a line.
struct BridgeRequest: Encodable {
  struct Place: Encodable {
    var id: String
    var parents: [String]
    var dependsOn: [String]
  }

  var op: String
  var files: [String]?
  var versions: [String]?
  var recursive: Bool?
  var scriptLocation: String?
  var ini: String?
  var toml: String?
  var section: String?
  var prependSysPath: [String]?
  var paths: [String]?
  var env: Bool?
  /// Which of the databases of env.py it is.
  var database: String?
  /// Alembic's `-x`.
  var x: [String]?
  /// As Flask's `--app` names it.
  var app: String?
  /// What `upgrade` leads to.
  var revision: String?
  var namingConvention: [String: String]?
  var transactionPerMigration: Bool?
  var url: String?
  /// All revisions, ancestors first, and which of them the question is for.
  var graph: [Place]?
  var merges: [Int]?
  var revisions: [String]?
  /// Whether nobody looks at the database between them.
  var together: Bool?
  /// What the project may reach beside the scratch: files, and `host:port`.
  var allow: [String]?
  /// What runs in a transaction before its COMMIT.
  var beforeCommit: String?

  init(_ op: String) { self.op = op }

  func line() throws -> [UInt8] { [UInt8](try JSONEncoder().encode(self)) + [UInt8(ascii: "\n")] }
}

/// What it answers: `reply` says which of the fields are there.
struct BridgeReply: Decodable {
  struct Executed: Decodable {
    var sql: String
    var count: Int?
  }

  struct Frame: Decodable {
    var file: String?
    var line: Int?
    var function: String?
    var code: String?
  }

  var reply: String
  var id: String?
  // revision
  var parents: [String]?
  var dependsOn: [String]?
  var labels: [String]?
  var message: String?
  var createDate: String?
  var file: String?
  // unparsable
  var line: Int?
  var why: String?
  /// Whether the file is no Python.
  var isBroken: Bool?
  // ordered
  var orders: [[Int]]?
  // ran, failed
  /// Where Alembic keeps its place: several, where env.py loops over schemas with one each.
  var versionTables: [String]?
  var statements: [Executed]?
  /// What was refused, or opened on purpose, for people.
  var told: [String]?
  /// What env.py calls the database to its migrations.
  var engineName: String?
  /// The database that env.py's URL means, where that is of another product.
  var otherProduct: String?
  /// What env.py ran behind the migration.
  var own: [String]?
  /// How often a migration began: more than once where env.py loops.
  var times: Int?
  var error: String?
  var sqlstate: String?
  var statement: String?
  var traceback: [Frame]?
  var hint: String?
  /// The env.py that failed, where no migration did.
  var environment: String?
  // error
  var code: String?
  var package: String?
  var names: [String]?
  // opened
  var alembic: String?
  var sqlalchemy: String?
  var python: String?
  var sqlite: String?
  var driver: String?

  init(line: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(line)) }
}
