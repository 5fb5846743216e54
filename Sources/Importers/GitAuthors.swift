public import SchemaModel

/// Who added each file of a folder, and when, as the git repository around it tells.
public struct GitAuthors: Hashable, Sendable {
  /// The first commit that has a file.
  struct Authorship: Hashable, Sendable {
    /// `Name <mail>`.
    var author: String
    /// When it was written (git's author date), whole seconds.
    var date: Timestamp
  }

  /// By path relative to the folder; files that are not committed are not in it.
  private(set) var files: [ExactText: Authorship] = [:]
  /// Why there are none although there may be a repository: for a warning.
  public private(set) var problem: String?

  /// Asks git once for the whole folder. Renames are followed inside the folder.
  public init(folder: String, limit: Duration = .seconds(60)) {
    do {
      guard let isShallow = try Self.isShallowRepository(folder, limit: limit) else { return }
      let output = try Self.git(
        [
          "-C", folder, "log", "--relative", "--reverse", "-M", "--diff-filter=AR",
          "--name-status", "-z", "--format=%x1e%P%x1f%aN <%aE>%x1f%at", "--", ".",
        ], limit: limit)
      guard output.code == 0 else { return }
      read(output.text, skippingRoots: isShallow)
    } catch {
      problem = "no authors from git: \(error)"
    }
  }

  /// The drafts with author and date where git knows them.
  public func applied(to drafts: [RevisionDraft]) -> [RevisionDraft] {
    drafts.map { draft in
      guard let path = draft.source?.path, let known = files[path] else { return draft }
      var draft = draft
      draft.author = known.author
      draft.authored = known.date
      return draft
    }
  }

  /// Nil where there is no repository or no commit to ask.
  private static func isShallowRepository(_ folder: String, limit: Duration) throws -> Bool? {
    do {
      let output = try git(
        ["-C", folder, "rev-parse", "--is-shallow-repository"], limit: limit)
      if output.code == 0 { return output.text.trimmingBlanks == "true" }
      if output.errors.contains("dubious ownership") {
        throw FolderError.unreadable(path: folder, reason: output.errors)
      }
      return nil
    } catch SubprocessError.cannotStart {
      return nil
    }
  }

  private static func git(
    _ arguments: [String], limit: Duration
  ) throws -> (code: Int32, text: String, errors: String) {
    let process = try Subprocess(
      "git", arguments, environment: ["LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"])
    let text = String(decoding: try process.readToEnd(limit: limit), as: UTF8.self)
    return (process.finish(), text, process.errorOutput)
  }

  /// Oldest commit first: a header with parents, author and time, then letters and paths.
  private mutating func read(_ output: String, skippingRoots: Bool) {
    var current: Authorship?
    var fields = output.split(separator: "\0", omittingEmptySubsequences: true)
      .map { $0.drop { $0 == "\n" } }[...]
    while let field = fields.popFirst() {
      if field.first == "\u{1e}" {
        let parts = field.dropFirst().split(separator: "\u{1f}", omittingEmptySubsequences: false)
        // An author's name may hold what divides the fields; nobody is named for another's commit.
        current = nil
        guard parts.count >= 3, let seconds = parts.last.flatMap({ Int64($0.trimmingBlanks) })
        else { continue }
        let author = parts.dropFirst().dropLast().joined(separator: "\u{1f}")
        // The first commit of a shallow clone has added nothing: it is where the past was cut off.
        let isCut = skippingRoots && parts[0].isEmpty
        current =
          isCut
          ? nil
          : Authorship(author: author, date: Timestamp(milliseconds: seconds * 1000))
      } else if field.first == "A", let path = fields.popFirst() {
        if files[String(path)] == nil { files[String(path)] = current }
      } else if field.first == "R", let old = fields.popFirst(), let new = fields.popFirst() {
        files[String(new)] = files[String(old)] ?? current
      }
    }
  }
}
