public import SchemaModel

/// How much changed, object by object.
public struct DiffStatistics {
  /// A line an object, and their sum.
  public let lines: [String]

  public init(_ operations: [SchemaModel.Operation]) {
    var kinds: [ObjectPath: [String: Int]] = [:]
    var total: [String: Int] = [:]
    for operation in OperationLine.visible(operations) {
      guard let subject = operation.subjects.last else { continue }
      kinds[subject, default: [:]][operation.kind, default: 0] += 1
      total[OperationLine(operation).mark, default: 0] += 1
    }
    let rows = kinds.keys.sorted().map { path in
      let counts = (kinds[path] ?? [:]).sorted { $0.key < $1.key }
        .map { $0.value == 1 ? $0.key : "\($0.value) x \($0.key)" }
      return [path.description, "| " + counts.joined(separator: ", ")]
    }
    let table = TextTable(header: ["", ""], rows: rows).lines(rule: false)
    lines =
      table + [
        "\(Plural.text(rows.count, "object")) changed: \(Plural.text(total["+"] ?? 0, "addition")), "
          + "\(Plural.text(total["-"] ?? 0, "removal")), \(Plural.text(total["~"] ?? 0, "alteration"))"
      ]
  }
}
