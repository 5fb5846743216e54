import DialectRegistry
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

/// Rows that each run makes anew, and who says what becomes of them.
@Suite("Questions of the workflows")
struct QuestionTests {
  private let folder: TestFolder
  private let history: History

  init() throws {
    folder = try TestFolder()
    try folder.writeMigrations("INSERT INTO roles VALUES (hex(randomblob(16)))")
    history = try History.create(at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
  }

  private func cut(
    _ respondent: (any Respondent)?, _ choice: VaryingRows? = nil
  ) throws -> TruncationResult {
    try HistoryTruncation(at: "002", source: .sql(folder.path + "/m"), varyingRows: choice)
      .run(in: history, by: "Ada", WorkflowContext(respondent: respondent))
  }

  @Test("Who answers keep has the recorded rows in the baseline, and is told so")
  func keep() throws {
    let respondent = Answering("yes")
    let result = try cut(respondent)
    #expect(result.rows.rowCount == 1)
    #expect(respondent.questions.count == 1)
    #expect(respondent.questions.first?.contains("other rows in roles each time they run") == true)
    #expect(result.warnings.contains { $0.contains("keeps those that were recorded") })
    #expect(try folder.text("m/002_users.sql").contains("INSERT INTO"))
  }

  @Test("Who answers skip has a baseline without them")
  func skip() throws {
    let result = try cut(Answering("n"))
    #expect(result.rows.rowCount == 0)
    #expect(result.isDone)
    #expect(try !folder.text("m/002_users.sql").contains("INSERT INTO"))
  }

  @Test("Where nobody is there, and where no answer is given, the cut is refused as it stood")
  func nobody() throws {
    let before = try folder.text("m/001_roles.sql")
    for (respondent, words) in [(nil, ". Nothing was"), (Answering("?"), "No answer")] {
      let error = failure { _ = try cut(respondent) }
      #expect(error?.fault == .refused)
      #expect(error?.description.contains(words) == true)
    }
    #expect(try folder.text("m/001_roles.sql") == before)
    #expect(try folder.names("m").count == 3)
    #expect(try history.segments().isEmpty)
  }

  @Test("A plan says in the same words what the cut would ask, and asks nobody")
  func planned() throws {
    var plan = HistoryTruncation(at: "002", source: .sql(folder.path + "/m"), isDryRun: true)
    let respondent = Answering("yes")
    let result = try plan.run(in: history, by: "Ada", WorkflowContext(respondent: respondent))
    #expect(respondent.questions == [])
    #expect(result.isUndecided)
    let refusal = failure { _ = try cut(nil) }?.description
    #expect(result.warnings == [String(refusal?.dropLast(". Nothing was changed".count) ?? "")])
    plan.varyingRows = .skip
    let skipping = try plan.run(in: history, by: "Ada")
    #expect(!skipping.isUndecided)
    #expect(try skipping.warnings == cut(nil, .skip).warnings)
  }

  @Test("What is said beforehand is not asked")
  func settled() throws {
    let respondent = Answering("yes")
    #expect(try cut(respondent, .skip).rows.rowCount == 0)
    #expect(respondent.questions == [])
  }

  @Test("An error of the respondent's ends the workflow with nothing changed")
  func thrown() throws {
    struct Gone: Error {}
    struct Leaving: Respondent {
      func answer<Choice>(_ question: Question<Choice>) throws -> Choice? { throw Gone() }
    }
    #expect(throws: Gone.self) { try cut(Leaving()) }
    #expect(try history.segments().isEmpty)
  }

  @Test("A baseline with rows asks the same, by what the rows tell where no folder is named")
  func baseline() throws {
    let creation = BaselineCreation(holdsRows: true)
    #expect(failure { _ = try creation.run(in: history) }?.fault == .refused)
    let respondent = Answering("y")
    let result = try creation.run(in: history, WorkflowContext(respondent: respondent))
    #expect(respondent.questions.first?.contains("look as if") == true)
    #expect(result.text?.contains("INSERT INTO") == true)
    let without = try creation.run(in: history, WorkflowContext(respondent: Answering("no")))
    #expect(without.text?.contains("INSERT INTO") == false)
  }
}
