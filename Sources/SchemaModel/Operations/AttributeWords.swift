/// Attributes of objects in words: the clauses of a new object, and what a change of one means.
///
/// Where an attribute is not there, its object has the default: that is said by its name, or by
/// `now` and `no longer`, never as if it were nothing.
enum AttributeWords {
  /// `using gin`, `with (fillfactor=70)`: of those of the attributes that have these keys, in the
  /// order of the keys.
  static func clauses(_ attributes: [String: String], _ keys: [String]) -> [String] {
    keys.compactMap { key in attributes[key].map { said(key, $0.oneLine) } }
  }

  /// What differs, a phrase each, in the order of the keys.
  /// - Parameter isLeftOut: keys that others speak of.
  static func changes(
    _ old: [String: String], _ new: [String: String],
    except isLeftOut: (String) -> Bool = { _ in false }
  ) -> [String] {
    Set(old.keys).union(new.keys).sorted().filter { old[$0] != new[$0] && !isLeftOut($0) }
      .flatMap { key in
        Privileges.words(attribute: key, old[key], new[key]) ?? [change(key, old[key], new[key])]
      }
  }

  private static func change(_ key: String, _ old: String?, _ new: String?) -> String {
    let (before, after) = (old.map { said(key, shown($0)) }, new.map { said(key, shown($0)) })
    if let flag = flags[key], (old ?? new) == "" { return new == nil ? flag.off : flag.on }
    let fallback = fallback(key)
    switch (before ?? fallback, after ?? fallback) {
    case (let before?, let after?): return "\(before) -> \(after)"
    case (nil, let after?): return "now \(after)"
    case (let before?, nil): return "no longer \(before)"
    case (nil, nil): return key
    }
  }

  private static func shown(_ value: String) -> String {
    let line = value.oneLine
    return line.count > 80 ? line.prefix(77) + "..." : line
  }

  /// An attribute with its value, as its statement says it.
  private static func said(_ key: String, _ value: String) -> String {
    switch key {
    case "method", "access method", "virtual": "using \(value)"
    case "include": "include (\(value))"
    case "options": "with (\(value))"
    case "toast options": "toast with (\(value))"
    case "persistence", "partition bound": value
    case "enabled":
      switch value {
      case "disabled": value
      case "origin": "enabled"
      default: "enabled \(value)"
      }
    default: value.isEmpty ? key : "\(key) \(value)"
    }
  }

  /// What an object has without the attribute; nil where that is nothing.
  private static func fallback(_ key: String) -> String? {
    if let words = fallbacks[key] { return words }
    // Of one column of a view: `column a storage`, `column a comment`.
    for word in ["storage", "statistics", "options"] where key.hasSuffix(" \(word)") {
      return "\(key) default"
    }
    let isText = key.hasSuffix(" comment") || key.hasSuffix(" default") || key == "comment"
    return isText ? "\(key) none" : nil
  }

  private static let fallbacks: [String: String] = [
    // Nobody writes this one down.
    "method": "using btree",
    "access method": "using the default access method",
    "options": "with default options",
    "toast options": "toast with default options",
    "tablespace": "default tablespace",
    "statistics": "default statistics",
    "storage": "default storage",
    "compression": "default compression",
    "persistence": "logged",
    "enabled": "enabled",
    "target": "default target",
    "replica identity": "replica identity default",
    "not null on conflict": "not null on conflict default",
    "owned by": "owned by none",
  ]

  /// What is said of one that has no value, but is there or not.
  private static let flags: [String: (on: String, off: String)] = [
    "nulls not distinct": ("now nulls not distinct", "now nulls distinct"),
    "invalid": ("now invalid", "now valid"),
    "without rowid": ("now without rowid", "now with rowid"),
    "row security": ("now with row security", "now without row security"),
    "clustered": ("now clustered on", "no longer clustered on"),
    "replica identity": ("now the replica identity", "no longer the replica identity"),
  ]
}
