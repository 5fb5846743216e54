/// A text as a key: equal to another where the bytes are, which Swift's own strings do not ask
/// (`ByteOrder.swift`).
public struct ExactText: Hashable, Comparable, Sendable, CustomStringConvertible,
  ExpressibleByStringInterpolation
{
  /// As it is spelled.
  public let text: String

  /// Takes any text.
  public init(_ text: String) { self.text = text }
  /// The same, of a literal.
  public init(stringLiteral text: String) { self.text = text }

  public var description: String { text }

  public static func == (left: Self, right: Self) -> Bool { left.text.hasSameBytes(as: right.text) }
  public static func < (left: Self, right: Self) -> Bool { left.text.precedesByBytes(right.text) }
  /// Texts that Unicode takes for the same share a hash: they are rare.
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension Dictionary where Key == ExactText {
  /// The value of a name.
  package subscript(name: String) -> Value? {
    get { self[ExactText(name)] }
    set { self[ExactText(name)] = newValue }
    _modify { yield &self[ExactText(name)] }
  }

  /// The value of a name, `standard` where it has none.
  package subscript(name: String, default standard: @autoclosure () -> Value) -> Value {
    get { self[ExactText(name), default: standard()] }
    _modify { yield &self[ExactText(name), default: standard()] }
  }

  @discardableResult
  package mutating func removeValue(forKey name: String) -> Value? {
    removeValue(forKey: ExactText(name))
  }
}

extension Set where Element == ExactText {
  /// Where the type does not say otherwise, a set of strings is one of strings.
  @_disfavoredOverload
  package init(_ names: some Sequence<String>) { self = Set(names.lazy.map { ExactText($0) }) }

  @discardableResult
  package mutating func insert(_ name: String) -> (
    inserted: Bool, memberAfterInsert: ExactText
  ) {
    insert(ExactText(name))
  }
  @discardableResult
  package mutating func remove(_ name: String) -> ExactText? { remove(ExactText(name)) }
  package func contains(_ name: String) -> Bool { contains(ExactText(name)) }
  package mutating func formUnion(_ names: some Sequence<String>) {
    formUnion(names.lazy.map { ExactText($0) })
  }
  package func union(_ names: some Sequence<String>) -> Set {
    union(names.lazy.map { ExactText($0) })
  }
  package func subtracting(_ names: some Sequence<String>) -> Set {
    subtracting(names.lazy.map { ExactText($0) })
  }
}

extension Sequence<ExactText> {
  /// The texts themselves, in their order here.
  package var texts: [String] { map(\.text) }
}
