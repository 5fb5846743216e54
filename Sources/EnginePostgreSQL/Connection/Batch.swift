internal import SchemaModel
internal import CLibPQ

extension PostgreSQLConnection {
  /// Runs statements whose rows nobody wants in one message, inside the transaction that is open.
  ///
  /// None of them may end with a semicolon or read data. What fails is named as if it had run alone.
  /// - Throws: `failed`, `timedOut`, `connectionLost`.
  func execute(batch statements: ArraySlice<String>) throws {
    if statements.isEmpty { return }
    // A comment at a statement's end must not swallow the semicolon.
    let separator = "\n;\n"
    var completedCount = 0
    do {
      try execute(statements.joined(separator: separator), completed: &completedCount)
    } catch PostgreSQLEngineError.failed(var failure) {
      var index = statements.startIndex + min(completedCount, statements.count - 1)
      if let position = failure.position {
        let place = Self.place(position, statements, separator.count)
        // A message is parsed whole before anything of it runs.
        if completedCount == 0 { index = place.index }
        failure.position = index == place.index ? place.position : nil
      }
      failure.sql = statements[index]
      throw PostgreSQLEngineError.failed(failure)
    }
  }

  /// Which statement a character of the whole message is in, and which of its characters it is.
  private static func place(
    _ position: Int, _ statements: ArraySlice<String>, _ separatorCount: Int
  ) -> (index: Int, position: Int) {
    var rest = position
    for index in statements.indices {
      let count = statements[index].unicodeScalars.count
      if rest <= count { return (index, rest) }
      rest -= count + separatorCount
    }
    return (statements.endIndex - 1, 1)
  }
}
