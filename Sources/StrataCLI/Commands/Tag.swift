import SchemaModel
import ArgumentParser
import Documents
import SchemaHistory
import Workflows

struct Tag: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Names for revisions: makes one, deletes one, lists them.",
    discussion: """
      Example:
        strata tag v1.0 head
        strata tag
        strata tag --force latest head
        strata tag --delete v1.0
      """)

  @OptionGroup var location: StoreOptions
  @OptionGroup var signing: SigningOptions
  @Argument(help: ArgumentHelp("The name; without it all are listed.", valueName: "name"))
  var name: String?
  @Argument(help: ArgumentHelp("The revision; head without it.", valueName: "rev"))
  var revision: String?
  @Flag(name: .shortAndLong, help: "Move a name that names another revision.")
  var force = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Delete this name.", valueName: "name"))
  var delete: String?
  @Flag(help: "List as one JSON document.")
  var json = false

  func validate() throws {
    if delete != nil, name != nil {
      throw ValidationError(
        "expected one name to delete, found another argument; `strata tag --delete NAME`")
    }
  }

  func run() throws {
    if let delete {
      let history = try location.openForWriting(signingWith: signing.signKey)
      try history.deleteTag(delete, by: Author.current)
      history.letProjectionFollow()
      Console.print("Tag \(delete) is deleted")
    } else if let name {
      let history = try location.openForWriting(signingWith: signing.signKey)
      let id = try history.resolve(orHead: revision)
      let before = try history.tag(name, id, moves: force, by: Author.current)
      history.letProjectionFollow()
      let remark = before.map { $0 == id ? " already" : ", no longer \($0)" } ?? ""
      Console.print("\(name) names \(id)\(remark)")
    } else {
      let tags = try location.openForReading().tags()
      if json {
        Console.write(TagDocument.value(tags))
      } else {
        Console.print(TagDocument.lines(tags))
      }
    }
  }
}
