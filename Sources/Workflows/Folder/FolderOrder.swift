import SchemaHistory
import SchemaModel

/// The order of a folder of SQL migrations once some of it is recorded.
///
/// The files of a folder are one line. What is recorded keeps its place; what is new comes after it,
/// also a file whose version sorts before recorded ones (merged late, or before a repeatable one),
/// as the databases in the field will run it.
enum FolderOrder {
  static func asRecorded(
    _ drafts: [RevisionDraft], in history: History, _ teller: Teller
  ) throws -> [RevisionDraft] {
    let graph = try history.graph()
    let heads = try history.heads()
    let present = Set(drafts.map(\.id))
    guard heads.count == 1, present.contains(heads[0]) else { return drafts }
    var recorded: [RevisionDraft] = []
    var added: [RevisionDraft] = []
    var late = 0
    for var draft in drafts {
      if let entry = graph[draft.id] {
        late = added.count
        draft.parents = entry.parents.filter { present.contains($0) }
        recorded.append(draft)
      } else {
        added.append(draft)
      }
    }
    for draft in added.prefix(late) {
      teller.warn(
        "\(draft.source?.path ?? draft.id.text) sorts before recorded revisions; it is recorded "
          + "after them")
    }
    var last = heads
    for index in added.indices {
      added[index].parents = last
      last = [added[index].id]
    }
    return recorded + added
  }
}
