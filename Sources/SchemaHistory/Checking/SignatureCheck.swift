import SchemaModel
import StoreFormat

/// Which events are signed by keys that are known. From the first such signature on, every event must
/// be: what lies before it is vouched for by the hash that it signs.
struct SignatureCheck {
  let keys: [VerifyingKey]
  private(set) var signers: [VerifyReport.Signer] = []
  /// Revisions before the first signature.
  private(set) var unsignedCount = 0
  private var isBegun = false
  /// What nobody signed yet, oldest first.
  private var open: [(sequence: EventSequence, revision: RevisionID?)] = []
  private var problems: [(place: String, message: String)] = []

  init(keys: [VerifyingKey]) { self.keys = keys }

  mutating func accept(_ record: EventRecord) {
    if keys.isEmpty { return }
    let event = record.event
    guard case .signed(let signature) = event.fact else {
      var revision: RevisionID?
      if case .revisionRecorded(let recorded) = event.fact { revision = recorded.id }
      open.append((event.sequence, revision))
      return
    }
    guard let key = signature.verifyingKey, signature.isRight(on: record) else {
      problems.append(("event \(event.sequence)", "its signature is wrong"))
      return
    }
    // What a stranger signs stays unsigned.
    guard keys.contains(key) else { return }
    close(before: signature.first)
    isBegun = true
    note(key, event)
    open = []
  }

  /// What lies before the first of the events that were signed now was signed by nobody.
  private mutating func close(before first: EventSequence) {
    let unsigned = open.filter { $0.sequence < first }
    open.removeAll { $0.sequence < first }
    if !isBegun {
      unsignedCount += unsigned.count { $0.revision != nil }
    } else if let from = unsigned.first?.sequence, let to = unsigned.last?.sequence {
      let revisions = unsigned.compactMap(\.revision?.text)
      let word = revisions.count == 1 ? "revision" : "revisions"
      let of = revisions.isEmpty ? "" : " (\(word) \(revisions.joined(separator: ", ")))"
      problems.append(
        (
          from == to ? "event \(from)" : "events \(from) to \(to)",
          "not signed by \(History.list(keys))\(of)"
        ))
    }
  }

  private mutating func note(_ key: VerifyingKey, _ event: Event) {
    let name = "\(key)"
    let revisions = open.compactMap(\.revision)
    if let index = signers.firstIndex(where: { $0.key == name }) {
      signers[index].revisionCount += revisions.count
      if signers[index].firstRevision == nil { signers[index].firstRevision = revisions.first }
    } else {
      signers.append(
        .init(
          key: name, revisionCount: revisions.count, firstRevision: revisions.first,
          first: open.first?.sequence ?? event.sequence, since: event.time))
    }
  }

  /// - Parameter needsOne: whether a history without any signature by the keys is a finding.
  func findings(needsOne: Bool) -> [(place: String, message: String)] {
    var check = self
    if !isBegun, needsOne {
      check.problems.append(("signatures", "expected some by \(History.list(keys)), found none"))
    }
    if isBegun { check.close(before: EventSequence(.max)) }
    return check.problems
  }
}
