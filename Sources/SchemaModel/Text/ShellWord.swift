extension String {
  /// As one word of a command that can be pasted into a shell: in quotes where a shell would read
  /// anything into it.
  public var asShellWord: String {
    let plain = utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "_-./:@%+,=^".utf8.contains(byte)
      }
    }
    if plain, !isEmpty { return self }
    return "'" + replacingQuotes + "'"
  }

  private var replacingQuotes: String {
    split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
  }
}
