// A program that uses the library as any other would, with one import. It ends with 0 and prints
// nothing: no workflow writes to its streams.
import Strata

let arguments = CommandLine.arguments
let folder = arguments[1]
let history = try History.create(at: folder + "/store", dialect: Dialects.usual, by: "Ada")
let migrations = folder + "/m"

let imported = try SQLImport(folder: migrations).run(in: history, by: "Ada")
_ = try ScriptRecording(script: Array("ALTER TABLE users ADD seen TEXT".utf8), id: "004")
  .run(in: history, by: "Ada")
let planned = try HistoryTruncation(at: "002", isDryRun: true).run(in: history, by: "Ada")
_ = TruncationDocument.lines(planned)
do {
  // Nobody is there to be asked.
  _ = try HistoryTruncation(at: "002", source: .sql(migrations)).run(in: history, by: "Ada")
} catch let error as WorkflowError where error.fault == .refused {}
let cut = try HistoryTruncation(at: "002", varyingRows: .keep).run(in: history, by: "Ada")
_ = TruncationDocument.value(cut).document
_ = try HistoryRestoration().run(in: history, by: "Ada")
_ = try BaselineCreation(
  form: .database("sqlite:///" + folder + "/app.db"), holdsRows: true, varyingRows: .skip
).run(in: history)
let difference = try HistoryComparison(from: "001").run(in: history)
_ = DiffDocument.value(difference).line
if arguments.count > 2 {
  let alembic = try History.create(at: folder + "/alembic", dialect: Dialects.usual, by: "Ada")
  let settings = AlembicSettings(python: arguments[2])
  let versions = folder + "/versions"
  _ = try AlembicImport(folder: versions, settings: settings).run(in: alembic, by: "Ada")
  _ = try HistoryTruncation(at: "a1", source: .alembic(versions, settings))
    .run(in: alembic, by: "Ada")
  _ = try HistoryRestoration(folder: versions).run(in: alembic, by: "Ada")
}
