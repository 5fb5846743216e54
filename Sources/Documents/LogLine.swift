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
  public var line: Line {
    let revision = recorded.revision
    let message = revision.message.split { $0 == "\n" || $0 == "\r\n" }.first ?? ""
    let marks = self.marks
    return Line.fields([
      Style.revision(VisibleText.field(revision.id.text)),
      Style.faint((revision.authored ?? recorded.recorded).day),
      Line(Self.author(revision.author)), Line(VisibleText.lastField(String(message))),
      marks.isEmpty ? "" : Style.mark("(" + marks.joined(separator: ", ") + ")"),
    ])
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
