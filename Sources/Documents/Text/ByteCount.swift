import SchemaModel

/// Counts of bytes, for people.
public enum ByteCount {
  /// `517 bytes`, `1.2 MiB`.
  public static func text(_ count: some BinaryInteger) -> String {
    var value = Double(count)
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
      if value < 1024 { return unit == "bytes" ? "\(count) bytes" : "\(Self.tenth(value)) \(unit)" }
      value /= 1024
    }
    return "\(tenth(value)) TiB"
  }

  private static func tenth(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
