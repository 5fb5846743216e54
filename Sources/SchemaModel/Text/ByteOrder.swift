// Text is bytes: two texts are equal where their UTF-8 is, and their order is the order of its bytes.
//
// Swift compares strings as Unicode does, so that é in one character equals é in two. To databases,
// file systems and this store they are two names. So these operators take the place of the standard
// library's (a declaration of any module goes before one of its own) in every file of the package
// that imports this room; Tests/Tidy holds that all do. They are `package`: whoever uses the library
// keeps Swift's own.
//
// What is generic never sees them: Set, Dictionary, tuples. Keys that a user spells are `ExactText`.

extension String {
  package static func == (left: String, right: String) -> Bool { left.hasSameBytes(as: right) }
  package static func != (left: String, right: String) -> Bool { !left.hasSameBytes(as: right) }
  package static func < (left: String, right: String) -> Bool { left.precedesByBytes(right) }
  package static func > (left: String, right: String) -> Bool { right.precedesByBytes(left) }
  package static func <= (left: String, right: String) -> Bool { !right.precedesByBytes(left) }
  package static func >= (left: String, right: String) -> Bool { !left.precedesByBytes(right) }

  package func hasPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
  package func hasSuffix(_ suffix: String) -> Bool {
    utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// Whether both are the same UTF-8.
  @usableFromInline
  func hasSameBytes(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    let answer = withBytes(of: other) { a, b in
      // Copies of one text share their bytes.
      a.baseAddress == b.baseAddress || Self.commonCount(a, b) == a.count
    }
    return answer ?? utf8.elementsEqual(other.utf8)
  }

  @usableFromInline
  func precedesByBytes(_ other: String) -> Bool {
    let answer = withBytes(of: other) { a, b in
      let count = Self.commonCount(a, b)
      return count < Swift.min(a.count, b.count) ? a[count] < b[count] : a.count < b.count
    }
    return answer ?? utf8.lexicographicallyPrecedes(other.utf8)
  }

  /// Nil where a text's bytes do not lie in one piece.
  private func withBytes(
    of other: String, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
  ) -> Bool? {
    utf8.withContiguousStorageIfAvailable { a in
      other.utf8.withContiguousStorageIfAvailable { b in
        body(UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
      }
    } ?? nil
  }

  /// How many bytes both begin with: eight a step.
  private static func commonCount(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer
  ) -> Int {
    let length = Swift.min(a.count, b.count)
    var count = 0
    while count &+ 8 <= length,
      a.loadUnaligned(fromByteOffset: count, as: UInt64.self)
        == b.loadUnaligned(fromByteOffset: count, as: UInt64.self)
    {
      count &+= 8
    }
    while count < length, a[count] == b[count] { count &+= 1 }
    return count
  }
}

extension StringProtocol {
  package static func == <Other: StringProtocol>(left: Self, right: Other) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }
  package static func != <Other: StringProtocol>(left: Self, right: Other) -> Bool {
    !left.utf8.elementsEqual(right.utf8)
  }
  package static func < <Other: StringProtocol>(left: Self, right: Other) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
  package static func > <Other: StringProtocol>(left: Self, right: Other) -> Bool {
    right.utf8.lexicographicallyPrecedes(left.utf8)
  }
}

extension Substring {
  package static func == (left: Substring, right: Substring) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }
  package static func != (left: Substring, right: Substring) -> Bool {
    !left.utf8.elementsEqual(right.utf8)
  }
}

extension String? {
  package static func == (left: String?, right: String?) -> Bool {
    switch (left, right) {
    case (let left?, let right?): left.hasSameBytes(as: right)
    case (nil, nil): true
    default: false
    }
  }
  package static func != (left: String?, right: String?) -> Bool { !(left == right) }
}

extension [String] {
  package static func == (left: [String], right: [String]) -> Bool {
    left.elementsEqual(right) { $0.hasSameBytes(as: $1) }
  }
  package static func != (left: [String], right: [String]) -> Bool { !(left == right) }
}

extension [String: String] {
  package static func == (left: Self, right: Self) -> Bool {
    left.count == right.count
      && left.allSatisfy { key, value in
        guard let index = right.index(forKey: key) else { return false }
        return right[index].key.hasSameBytes(as: key) && right[index].value.hasSameBytes(as: value)
      }
  }
  package static func != (left: Self, right: Self) -> Bool { !(left == right) }
}

extension Sequence<String> {
  @inlinable
  package func contains(_ text: String) -> Bool { contains { $0.hasSameBytes(as: text) } }
  @inlinable
  package func sorted() -> [String] { sorted { $0.precedesByBytes($1) } }
  @inlinable
  package func min() -> String? { self.min { $0.precedesByBytes($1) } }
  @inlinable
  package func max() -> String? { self.max { $0.precedesByBytes($1) } }
  @inlinable
  package func lexicographicallyPrecedes(_ other: some Sequence<String>) -> Bool {
    lexicographicallyPrecedes(other) { $0.precedesByBytes($1) }
  }
}

extension Collection<String> {
  @inlinable
  package func firstIndex(of text: String) -> Index? { firstIndex { $0.hasSameBytes(as: text) } }
}

/// The texts of a switch.
package func ~= (pattern: String, value: String) -> Bool { pattern.hasSameBytes(as: value) }
