import FileSystem
import Projections
import SchemaModel
import Storage
import StoreFormat

extension History {
  /// What is not right with the projection, or with the log by what the projection has seen of it. One
  /// that is only behind follows when it is next asked.
  func projectionFindings(
    _ progress: (String, Int, Int) -> Void
  ) throws -> [VerifyReport.Finding] {
    do {
      let projection = try Projection.open(path: store.projectionPath, readOnly: true)
      guard let position = try projection.position else { return [] }
      let last = try read { try $0.state().lastSequence }
      if try !isOfThisChain(position) {
        return [try finding(projection, position, last)]
      }
      let problems =
        try projection.check().problems + differences(projection, position.sequence, progress)
      return problems.prefix(1).map {
        .init(.stale, "projection", "\($0); 'strata rebuild' makes it anew")
      }
    } catch ProjectionError.missing, ProjectionError.busy {
      // Another process may be about to make it, or is at work on it.
      return []
    } catch let error as ProjectionError where error.isOfTheSystem {
      // A full disk, or a limit of the process: that says nothing of what is in it.
      return [.init(.unreadable, "projection", "it could not be compared: \(error)")]
    } catch let error as ProjectionError {
      return [.init(.stale, "projection", "\(error)")]
    }
  }

  /// Of a projection that stands at no event of the log's.
  private func finding(
    _ projection: Projection, _ position: (sequence: EventSequence, hash: ContentHash),
    _ last: EventSequence
  ) throws -> VerifyReport.Finding {
    switch try witness(projection, at: position) {
    case .wrong(let what):
      return .init(.stale, "projection", "\(what); 'strata rebuild' makes it anew")
    case .foreign:
      return .init(
        .stale, "projection",
        "it has followed another history than the log's, from event 1 on; where the log is the one that "
          + "belongs here, 'strata rebuild' makes it anew, and keeps the old one")
    case .credible where position.sequence > last:
      return .init(
        .damage, "the log",
        "rolled back: it ends at event \(last), and the projection had followed it to event "
          + "\(position.sequence). Put a newer copy of the log back. What the projection knows of the "
          + "lost events is in \(store.projectionPath): copy it first, since `query` and `rebuild` "
          + "follow the log")
    case .credible:
      return .init(
        .damage, "the log",
        "event \(position.sequence) is not the one that the projection has followed: the log is "
          + "another's, or was rewritten; 'strata rebuild' makes the projection anew, and keeps the old one"
      )
    }
  }

  /// What it says otherwise than one that is made anew of the same events.
  private func differences(
    _ projection: Projection, _ last: EventSequence, _ progress: (String, Int, Int) -> Void
  ) throws -> [String] {
    // Without a segment, a new one could not say what the old one may know.
    guard try missingSegments().isEmpty else { return [] }
    let folder = try TemporaryFolder("verify")
    defer { folder.remove() }
    let fresh = try Projection.open(path: folder.path + "/projection.sqlite", readOnly: false)
    try feed(fresh, after: EventSequence(0), last) { progress("projection", $0, $1) }
    let differing = try projection.differences(from: fresh)
    // It may have followed the log meanwhile.
    guard try projection.position?.sequence == last else { return [] }
    return differing.map {
      "its relation \($0) is not what the events say"
    }
  }
}
