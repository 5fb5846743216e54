extension LayoutReader {
  /// `V1.1__x.sql`, `U1.1__x.sql`, `R__x.sql`, `B1__x.sql`, in subfolders too.
  mutating func readFlyway() throws(FolderError) {
    var undos = UndoScripts()
    var baselines: [SQLMigrationFile] = []
    beginAtRoot()
    for path in try filesBelow("") {
      guard let name = FlywayName(Disk.name(of: path)) else {
        let isCallback = FlywayName.isCallback(Disk.name(of: path))
        leaveOut(
          path,
          because: isCallback
            ? "it is a callback; what Flyway's callbacks do to the schema is not recorded" : nil)
        continue
      }
      guard try scope.isFile(folder + "/" + path) else { continue }
      let file = SQLMigrationFile(
        version: name.version, stem: String(Disk.name(of: path).dropLast(4)), title: name.title,
        order: name.order, upPath: path, isLast: name.version == nil,
        settingPaths: [path + ".conf"])
      switch name.prefix {
      case "U": try undos.add(path, file.order, version: name.version ?? "")
      case "B": baselines.append(file)
      default: found.append(file)
      }
    }
    useBaseline(baselines)
    pair(undos)
  }

  /// A baseline stands for the versions up to its own. Where those are there, existing databases ran
  /// them, and they are what is recorded.
  private mutating func useBaseline(_ baselines: [SQLMigrationFile]) {
    let newest = baselines.max { $0.order < $1.order }
    for baseline in baselines {
      let isNeeded =
        baseline.upPath == newest?.upPath
        && !found.contains { !$0.isLast && !(baseline.order < $0.order) }
      if isNeeded {
        found.append(baseline)
      } else {
        leftBaselines.append(baseline)
        leaveOut(
          baseline.upPath,
          because: baseline.upPath == newest?.upPath
            ? "it stands for migrations that are there, and those are recorded"
            : "a newer baseline stands for it")
      }
    }
  }

  private mutating func filesBelow(_ inner: String) throws(FolderError) -> [String] {
    var paths: [String] = []
    for name in try Disk.names(in: inner.isEmpty ? folder : folder + "/" + inner)
    where !name.hasPrefix(".") {
      let path = inner.isEmpty ? name : inner + "/" + name
      if isFolder(path) {
        paths += try filesBelow(path)
      } else if !Disk.isDirectory(folder + "/" + path) {
        paths.append(path)
      }
    }
    return paths
  }
}

/// `V1.1__create_users.sql` in its parts; a repeatable has no version.
struct FlywayName {
  var prefix: Character
  /// With dots between its numbers.
  var version: String?
  var title: String

  init?(_ name: String) {
    guard name.hasSuffix(".sql"), let prefix = name.first, "VURB".contains(prefix),
      let separator = name.firstRange(of: "__")
    else { return nil }
    let version = String(
      name[name.index(after: name.startIndex)..<separator.lowerBound].replacing("_", with: "."))
    let isNumbered =
      !version.isEmpty
      && version.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(\.isAllDigits)
    guard prefix == "R" ? version.isEmpty : isNumbered else { return nil }
    self.prefix = prefix
    self.version = prefix == "R" ? nil : version
    title = String(name[separator.upperBound...].dropLast(4))
  }

  /// Versions by their numbers, repeatables by what Flyway calls their description, in which there
  /// are no underscores.
  var order: VersionOrder {
    version.map { VersionOrder(partsOf: $0) }
      ?? VersionOrder(codeUnitsOf: title.replacing("_", with: " "))
  }

  /// `afterMigrate.sql`, `beforeEachMigrate__grants.sql`: named after an event, with or without a
  /// description.
  static func isCallback(_ name: String) -> Bool {
    guard name.hasSuffix(".sql") else { return false }
    let stem = name.dropLast(4)
    let event = stem.firstRange(of: "__").map { stem[..<$0.lowerBound] } ?? stem
    let moment = ["before", "after"].first { event.hasPrefix($0) }
    guard let moment else { return event == "createSchema" }
    return event.dropFirst(moment.count).first?.isUppercase == true
      && event.allSatisfy(\.isLetter)
  }
}
