public import SchemaHistory
public import SchemaModel

/// A revision in one line.
public struct LogLine {
  let recorded: RecordedRevision
  let heads: Set<RevisionID>

  public init(_ recorded: RecordedRevision, heads: Set<RevisionID>) {
    self.recorded = recorded
    self.heads = heads
  }

  /// Every field keeps to its place: none can hold what divides them, or look like a mark.
  public var line: Line { line() }

  /// The same, or short: the id and the message, with the marks.
  /// - Parameter width: the columns of the window: a message that is longer is cut, and no mark.
  public func line(isShort: Bool = false, width: Int? = nil) -> Line {
    let revision = recorded.revision
    let first = revision.message.split { $0 == "\n" || $0 == "\r\n" }.first ?? ""
    let message = VisibleText.lastField(String(first))
    let id = VisibleText.field(revision.id.text)
    let about =
      isShort
      ? [] : [(revision.authored ?? recorded.recorded).day, Self.author(revision.author)]
    let marks = marks.isEmpty ? "" : "(" + self.marks.joined(separator: ", ") + ")"
    let others = ([id, marks] + about).filter { !$0.isEmpty }.reduce(0) { $0 + $1.columns + 2 }
    let room = width.map { max(12, $0 - others) }
    return Line.fields(
      [Style.revision(id)] + about.enumerated().map { $0 == 0 ? Style.faint($1) : Line($1) }
        + [room.map { Line(message).fitted(to: $0) } ?? Line(message), Style.mark(marks)])
  }

  var marks: [String] {
    let revision = recorded.revision
    var marks: [String] = heads.contains(revision.id) ? ["head"] : []
    marks += recorded.tags.map { "tag: \(VisibleText.item($0))" }
    marks += revision.labels.map { "label: \(VisibleText.item($0))" }
    if !revision.dependsOn.isEmpty {
      marks.append(
        "depends on \(revision.dependsOn.map { VisibleText.item($0.text) }.joined(separator: ", "))"
      )
    }
    if recorded.isBaseline {
      marks.append("baseline")
    } else if recorded.isArchived {
      marks.append("archived")
    }
    return marks
  }

  /// The name as a field of a line; `-` where there is none.
  static func author(_ author: String?) -> String {
    let name = author.map { VisibleText.field(Self.name($0)) } ?? ""
    return name.isEmpty ? "-" : name
  }

  /// `Ann Lee` of `Ann Lee <ann@example.org>`.
  static func name(_ author: String) -> String {
    guard let bracket = author.firstIndex(of: "<"), bracket != author.startIndex else {
      return author
    }
    return String(author[..<bracket]).trimmingBlanks
  }
}
