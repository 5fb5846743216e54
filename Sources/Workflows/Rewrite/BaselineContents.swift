public import SchemaModel

/// What a baseline makes, counted.
public enum BaselineContents {
  /// `12 tables, 3 indexes, 40 rows`, for people.
  public static func text(_ schema: Schema, _ rows: SeedRows) -> String {
    var counts: [ObjectKind: Int] = [:]
    for path in schema.paths { counts[path.kind, default: 0] += 1 }
    var parts = text(counts)
    if rows.rowCount > 0 { parts.append(Plural.text(rows.rowCount, "row")) }
    return parts.isEmpty ? "no objects" : parts.joined(separator: ", ")
  }

  /// `12 tables`, `3 indexes`, by kind.
  public static func text(_ counts: [ObjectKind: Int]) -> [String] {
    counts.keys.sorted { $0.rawValue < $1.rawValue }
      .map { Plural.text(counts[$0] ?? 0, $0.description) }
  }
}
