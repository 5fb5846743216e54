internal import SchemaModel

extension SQLite {
  /// The tables of a database while statements run over it: what each is called now, and where it
  /// and its columns come from. All names in here are folded.
  struct TableTracks {
    /// One copying of rows from one track into another.
    struct Copy: Hashable {
      var source: Int
      var target: Int
    }

    private struct Track {
      /// The table before all statements; nil for one that they made.
      var origin: ObjectPath?
      var isTemporary = false
      var isDropped = false
      /// Names of today in their order, with the names that they had when the track began.
      var columns: [(name: String, first: String?)] = []
      /// Target column -> source column (as the source called it when its track began).
      /// `born`: target columns that are copied from a column which statements added.
      var copies: [(source: Int, mapping: [ExactText: ExactText], born: Set<ExactText>)] = []
    }

    private let before: Schema
    private let find: (String) -> ObjectPath?
    private var tracks: [Track] = []
    /// The tables that were spoken of, by their names; nil for a name that is no table's any more.
    private var live: [ExactText: Int?] = [:]

    /// - Parameter find: the table before all statements that has a name.
    init(_ before: Schema, _ find: @escaping (String) -> ObjectPath?) {
      self.before = before
      self.find = find
    }

    /// The track of the table that has a name now.
    private mutating func track(_ name: String) -> Int? {
      if let known = live[name] { return known }
      guard let path = find(name), let table = before.objects[path]?.table else { return nil }
      let names = table.columns.map { folded($0.name) }
      tracks.append(Track(origin: path, columns: names.map { ($0, $0) }))
      live[name] = .some(tracks.count - 1)
      return tracks.count - 1
    }

    /// Follows one statement; gives the copy where it is one.
    mutating func follow(_ tokens: Tokens, _ kind: Script.Kind) -> Copy? {
      switch kind {
      case .definition:
        let reader = Reader(tokens)
        if reader.isWord("ALTER") { alter(reader) }
        if reader.isWord("DROP") { drop(reader) }
        if reader.isWord("CREATE") { create(tokens) }
        return nil
      case .data:
        return RowCopy(insert: tokens).flatMap { record($0) }
      default: return nil
      }
    }

    private mutating func alter(_ reader: Reader) {
      var reader = reader
      guard reader.accept("ALTER", "TABLE"),
        let name = reader.qualifiedName().map({ folded($0.name) }),
        let id = track(name)
      else { return }
      if reader.accept("RENAME", "TO") {
        guard let new = reader.name() else { return }
        live[name] = .some(nil)
        live[folded(new)] = id
      } else if reader.accept("RENAME") {
        _ = reader.isWord("TO", at: 1) ? false : reader.accept("COLUMN")
        guard let old = reader.name(), reader.accept("TO"), let new = reader.name() else { return }
        for index in tracks[id].columns.indices where tracks[id].columns[index].name == folded(old)
        {
          tracks[id].columns[index].name = folded(new)
        }
      } else if reader.accept("ADD") {
        _ = reader.accept("COLUMN")
        if let column = reader.name() { tracks[id].columns.append((folded(column), nil)) }
      } else if reader.accept("DROP") {
        _ = reader.accept("COLUMN")
        if let column = reader.name() {
          tracks[id].columns.removeAll { $0.name == folded(column) }
        }
      }
    }

    private mutating func drop(_ reader: Reader) {
      var reader = reader
      guard reader.accept("DROP", "TABLE") else { return }
      _ = reader.accept("IF", "EXISTS")
      guard let name = reader.qualifiedName().map({ folded($0.name) }), let id = track(name)
      else { return }
      live[name] = .some(nil)
      tracks[id].isDropped = true
    }

    private mutating func create(_ tokens: Tokens) {
      var reader = Reader(tokens)
      let isTemporary = reader.isWord("TEMP", at: 1) || reader.isWord("TEMPORARY", at: 1)
      var virtual = Reader(tokens)
      guard
        let header = reader.createHeader("TABLE") ?? virtual.createHeader("VIRTUAL", "TABLE"),
        track(folded(header.name)) == nil
      else { return }
      var track = Track()
      track.isTemporary = isTemporary || header.schema.map(folded) == "temp"
      track.columns = Self.columnNames(tokens).map { ($0, $0) }
      live[folded(header.name)] = tracks.count
      tracks.append(track)
      if let copy = RowCopy(createTable: tokens) {
        if let names = copy.columns {
          tracks[tracks.count - 1].columns = names.map { (folded($0), folded($0)) }
        } else if let source = self.track(folded(copy.source)) {
          let names = tracks[source].columns.map(\.name)
          tracks[tracks.count - 1].columns = names.map { ($0, $0) }
        }
        _ = record(copy)
      }
    }

    private static func columnNames(_ tokens: Tokens) -> [String] {
      CreateTable(tokens.text(0..<tokens.bytes.count))?.columns.map { folded($0.name) } ?? []
    }

    private mutating func record(_ copy: RowCopy) -> Copy? {
      guard let source = track(folded(copy.source)), let target = track(folded(copy.target)),
        source != target, tracks[target].origin == nil
      else { return nil }
      let mapping = copy.mapping(
        targetColumns: tracks[target].columns.map(\.name),
        sourceColumns: tracks[source].columns.map(\.name))
      // As each track called its columns in the beginning, since both may be renamed later.
      var firsts: [ExactText: ExactText] = [:]
      var born: Set<ExactText> = []
      for (new, old) in mapping {
        guard let new = tracks[target].columns.first(where: { $0.name == new.text })?.first,
          let source = tracks[source].columns.first(where: { $0.name == old.text })
        else { continue }
        if let first = source.first {
          firsts[new] = ExactText(first)
        } else if new != old.text {
          born.insert(new)
        }
      }
      tracks[target].copies.append((source, firsts, born))
      return Copy(source: source, target: target)
    }

    // MARK: The outcome

    struct Outcome {
      var lineage = Lineage()
      /// The copies that made one table the continuation of another.
      var rebuilds: Set<Copy> = []
    }

    /// What a track comes from: a table of the beginning, its columns' old names by their first
    /// names in this track, and the copies on the way.
    private struct Ancestry {
      var origin: ObjectPath
      var columns: [ExactText: ExactText]
      /// First names of columns that come from one which was made on the way, under another name.
      var born: Set<ExactText> = []
      var copies: [Copy]
    }

    private func ancestries(of id: Int, _ visited: Set<Int> = []) -> [Ancestry] {
      let track = tracks[id]
      if let origin = track.origin {
        let same = Dictionary(
          track.columns.compactMap { $0.first.map { (ExactText($0), ExactText($0)) } },
          uniquingKeysWith: { a, _ in a })
        return [Ancestry(origin: origin, columns: same, copies: [])]
      }
      guard !visited.contains(id) else { return [] }
      return track.copies.filter { tracks[$0.source].isDropped || tracks[$0.source].isTemporary }
        .flatMap { copy in
          ancestries(of: copy.source, visited.union([id])).map { from in
            let old = Set<ExactText>(
              before.objects[from.origin]?.table?.columns.map { folded($0.name) } ?? [])
            let born = copy.mapping.filter { new, source in
              from.columns[source] == nil
                && (from.born.contains(source) || (source != new && !old.contains(source)))
            }
            return Ancestry(
              origin: from.origin, columns: copy.mapping.compactMapValues { from.columns[$0] },
              born: copy.born.union(born.keys),
              copies: from.copies + [Copy(source: copy.source, target: id)])
          }
        }
    }

    /// - Parameter paths: all objects that are others after the statements than before.
    mutating func outcome(after: Schema, within paths: Set<ObjectPath>) -> Outcome {
      let spoken = paths.union(tracks.compactMap(\.origin))
        .filter { $0.kind == .table && after.objects[$0] != nil }
      var outcome = Outcome()
      var claimed: Set<ObjectPath> = []
      var made: [(path: ObjectPath, id: Int)] = []
      for path in spoken.sorted() {
        guard let id = track(folded(path.name)), !tracks[id].isTemporary else { continue }
        guard let origin = tracks[id].origin else {
          made.append((path, id))
          continue
        }
        claimed.insert(origin)
        let born = Set<ExactText>(tracks[id].columns.filter { $0.first == nil }.map(\.name))
        outcome.add(
          path, from: origin, columns: currentColumns(id, nil), born: born, before, after)
      }
      let candidates = made.flatMap { made in
        ancestries(of: made.id).map { (path: made.path, id: made.id, from: $0) }
      }.sorted { left, right in
        // The old name first, then whoever took over the most columns.
        let same = [left, right].map { folded($0.path.name) == folded($0.from.origin.name) }
        if same[0] != same[1] { return same[0] }
        return left.from.columns.count > right.from.columns.count
      }
      var done: Set<ObjectPath> = []
      for candidate in candidates
      where !claimed.contains(candidate.from.origin) && !done.contains(candidate.path) {
        claimed.insert(candidate.from.origin)
        done.insert(candidate.path)
        outcome.rebuilds.formUnion(candidate.from.copies)
        outcome.add(
          candidate.path, from: candidate.from.origin,
          columns: currentColumns(candidate.id, candidate.from.columns),
          born: currentNames(candidate.id, candidate.from.born), before, after)
      }
      for (path, _) in made where !done.contains(path) {
        outcome.judgeNew(path, find(folded(path.name)), claimed: &claimed, before, after)
      }
      return outcome
    }

    /// Today's names of columns that are given by their first names.
    private func currentNames(_ id: Int, _ firsts: Set<ExactText>) -> Set<ExactText> {
      Set<ExactText>(
        tracks[id].columns.filter { $0.first.map { firsts.contains($0) } ?? true }.map(\.name))
    }

    /// Today's column names with their old names.
    private func currentColumns(_ id: Int, _ origins: [ExactText: ExactText]?) -> [ExactText:
      ExactText]
    {
      var names: [ExactText: ExactText] = [:]
      for column in tracks[id].columns {
        guard let first = column.first else { continue }
        names[column.name] = origins.map { $0[first] } ?? ExactText(first)
      }
      return names
    }
  }
}
