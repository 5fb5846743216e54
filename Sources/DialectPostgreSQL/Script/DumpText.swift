internal import SchemaModel

extension PostgreSQL {
  /// What `pg_dump --schema-only` prints: entries below a line that names them,
  /// `-- Name: users; Type: TABLE; Schema: public; Owner: -`.
  enum DumpText {
    /// The objects of which the one text says something else than the other, by kind and name; where
    /// both say the same of each, the first that stands in another place.
    static func differing(_ left: String, _ right: String) -> [String] {
      let (a, b) = (entries(left), entries(right))
      var rest: [Entry: Int] = [:]
      for entry in b { rest[entry, default: 0] += 1 }
      var names: [String] = []
      for entry in a {
        if let count = rest[entry], count > 0 {
          rest[entry] = count - 1
        } else {
          names.append(entry.name)
        }
      }
      for entry in b where rest[entry, default: 0] > 0 {
        rest[entry] = 0
        names.append(entry.name)
      }
      var seen: Set<ExactText> = []
      names = names.filter { seen.insert($0).inserted }
      if names.isEmpty, let moved = zip(a, b).first(where: { $0 != $1 }) {
        names = ["the place of \(moved.0.name)"]
      }
      return names
    }

    private struct Entry: Hashable {
      var name: String
      var text: String
    }

    private static func entries(_ text: String) -> [Entry] {
      var entries: [Entry] = []
      var name = "the settings"
      var lines: [Substring] = []
      func close() {
        let text = lines.filter { !$0.isEmpty && $0 != "--" }.joined(separator: "\n")
        if !text.isEmpty { entries.append(Entry(name: name, text: text)) }
        lines = []
      }
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if let header = Self.name(line) {
          close()
          name = header
        } else {
          lines.append(line)
        }
      }
      close()
      return entries
    }

    /// `table public.users` of an entry's first line.
    private static func name(_ line: Substring) -> String? {
      guard line.hasPrefix("-- Name: ") else { return nil }
      let fields = line.dropFirst("-- ".count)
      guard let type = range(of: "; Type: ", in: fields),
        let schema = range(of: "; Schema: ", in: fields[type.upperBound...]),
        let owner = range(of: "; Owner: ", in: fields[schema.upperBound...])
      else { return nil }
      let name = fields[..<type.lowerBound].dropFirst("Name: ".count)
      let kind = fields[type.upperBound..<schema.lowerBound].lowercased()
      let namespace = fields[schema.upperBound..<owner.lowerBound]
      return namespace == "-" ? "\(kind) \(name)" : "\(kind) \(namespace).\(name)"
    }

    private static func range(
      of word: String, in text: Substring
    ) -> Range<Substring.Index>? {
      var start = text.startIndex
      while start < text.endIndex {
        if text[start...].hasPrefix(word) {
          return start..<text.index(start, offsetBy: word.count)
        }
        start = text.index(after: start)
      }
      return nil
    }
  }
}
