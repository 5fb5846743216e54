import SchemaModel
import Storage
import StoreFormat

// All hashes of a history may be right that somebody made anew. Only what was noted down elsewhere tells.

extension History {
  /// Compares the history with what is known of it.
  func compare(with expectations: Expectations, into report: inout VerifyReport) throws {
    if expectations.isEmpty { return }
    guard !report.isDamaged else {
      report.findings.append(
        .init(.note, "what is expected", "not looked for: the store is damaged"))
      return
    }
    var signatures = SignatureCheck(keys: expectations.keys)
    let records = try linkedRecords { signatures.accept($0) }
    for hash in expectations.hashes { report.look(for: hash, in: records) }
    for kept in expectations.checkpoints {
      if !expectations.keys.isEmpty, !expectations.keys.contains(where: kept.note.isSigned) {
        report.unexpected(
          kept.name,
          "expected a signature by \(Self.list(expectations.keys)), found none that is right")
      } else {
        report.look(for: kept, in: records)
      }
    }
    // Who keeps signed checkpoints need not sign revisions.
    let needsOne = !expectations.keys.isEmpty && expectations.checkpoints.isEmpty
    for (place, message) in signatures.findings(needsOne: needsOne) {
      report.unexpected(place, message)
    }
    report.signers = signatures.signers
    report.unsignedCount = signatures.unsignedCount
  }

  static func list(_ keys: [VerifyingKey]) -> String {
    keys.map { "\($0)" }.joined(separator: " or ")
  }
}

extension VerifyReport {
  fileprivate mutating func unexpected(_ place: String, _ message: String) {
    findings.append(.init(.unexpected, place, message))
  }

  /// An event by its hash, or the first digits of it.
  fileprivate mutating func look(for digits: String, in records: LinkedRecords) {
    let found = records.hashes.indices.filter { records.hashes[$0].description.hasPrefix(digits) }
    let end = "it ends with event \(Self.end(of: records))"
    switch found.count {
    case 0:
      unexpected(
        digits,
        "expected an event with this hash, found none: this is another history, or this one was "
          + "rolled back to before that event, or rewritten; \(end)")
    case 1: met.append(.init(expected: digits, sequence: EventSequence(UInt64(found[0]) + 1)))
    default:
      unexpected(digits, "expected one event, found \(found.count) that begin so: give more digits")
    }
  }

  mutating func look(for kept: Expectations.Kept, in records: LinkedRecords) {
    let checkpoint = kept.checkpoint
    let count = records.hashes.count
    let origin = records.origin
    guard checkpoint.origin == origin || !checkpoint.origin.hasPrefix("strata/") else {
      return unexpected(
        kept.name, "another history: expected \(checkpoint.origin), found \(origin)")
    }
    guard checkpoint.size <= UInt64(count) else {
      return unexpected(
        kept.name,
        "expected \(checkpoint.size) events, found \(count): this history was rolled back, or it is "
          + "another one")
    }
    let found = records.checkpoint(of: Int(checkpoint.size))
    guard found.root == checkpoint.root else {
      return unexpected(
        kept.name,
        "expected the root \(Base64.text(checkpoint.root.bytes)) over the first \(checkpoint.size) "
          + "events, found \(Base64.text(found.root.bytes)): they were rewritten, or this is another "
          + "history")
    }
    if let head = checkpoint.head, head != found.head {
      // The root is over these very records, so one of the two lines was changed.
      return unexpected(
        kept.name,
        "expected \(head) as the hash of event #\(checkpoint.size), found "
          + "\(found.head.map { "\($0)" } ?? "none"), under the root that it names: its line 'head' was "
          + "changed, or is another checkpoint's")
    }
    met.append(.init(expected: kept.name, sequence: EventSequence(checkpoint.size)))
  }

  private static func end(of records: LinkedRecords) -> String {
    "#\(records.hashes.count) \(records.hashes.last.map { "\($0)" } ?? "")"
  }
}
