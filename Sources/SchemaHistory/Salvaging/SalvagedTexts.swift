import FileSystem
import SchemaModel
import Storage
import StoreFormat

extension SalvageBuilder {
  /// What the new log holds.
  func count() throws {
    try store?.read { log in
      try log.forEachNode { _, bytes in
        if bytes.first == NodeKind.object.rawValue { report.objectCount += 1 }
        if bytes.first == NodeKind.source.rawValue { report.sourceCount += 1 }
        return true
      }
    }
  }

  /// Remembers the text of a revision that is lost.
  func keepText(of revision: Revision) {
    guard let source = revision.source else { return }
    names[source.up] = source.path
    if let down = source.down { names[down] = source.downPath }
  }

  /// Writes texts of migrations that no revision of the new store has: beside the store's own files, each
  /// under its path, or under its hash where nobody tells that.
  func writeTexts() throws {
    let folder = directory + "/salvaged"
    for hash in found.sources() where !referenced.contains(hash) {
      guard let node = found.node(hash),
        let bytes = try? node.withUnsafeBytes({ try ContentNode.source($0) })
      else { continue }
      // A recorded path is data: it must not lead out of the folder.
      let parts = (names[hash] ?? hash.short).split(separator: "/").filter {
        $0 != ".." && $0 != "." && Files.isPath(String($0))
      }
      var name = parts.joined(separator: "/")
      if name.isEmpty || Files.exists("\(folder)/\(name)") { name = hash.short }
      let path = "\(folder)/\(name)"
      try Files.makeDirectory(Files.parent(of: path) ?? folder)
      try Files.write(bytes, to: path)
      report.files.append("salvaged/\(name)")
    }
  }
}

extension SalvageReport {
  /// Events that are gone, with the revisions that anything tells of.
  mutating func lose(
    _ hole: ClosedRange<UInt64>, _ found: FoundContents, _ hints: ProjectionHints
  ) {
    var known: [RevisionID: String] = [:]
    for (id, entry) in found.entries where hole.contains(entry.sequence.value) { known[id] = "" }
    for (id, revision) in hints.revisions where hole.contains(revision.sequence.value) {
      known[id] = revision.message.split(separator: "\n").first.map { " (\($0))" } ?? ""
    }
    let names = known.sorted { $0.key < $1.key }.map { "\($0.key)\($0.value)" }
    let place =
      hole.lowerBound == hole.upperBound
      ? "event #\(hole.lowerBound)" : "events #\(hole.lowerBound) to #\(hole.upperBound)"
    lose(
      place,
      "not found in any file"
        + (names.isEmpty
          ? "" : "; of revisions that began there is known: " + names.joined(separator: ", ")))
  }
}
