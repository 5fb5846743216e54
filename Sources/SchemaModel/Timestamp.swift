/// A moment: milliseconds since 1970-01-01T00:00:00Z. Prints and parses as RFC 3339 in UTC.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Since 1970-01-01T00:00:00Z; negative before.
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (left: Self, right: Self) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// `2024-05-01T12:00:00Z`; the fraction is printed only where there is one.
  public var description: String {
    let (days, inDay) = Self.floorDivide(milliseconds, 86_400_000)
    let date = CivilDate(daysSinceEpoch: days)
    let seconds = inDay / 1000
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.pad($0, 2) }
    let fraction = inDay % 1000 == 0 ? "" : "." + Self.pad(inDay % 1000, 3)
    return "\(date)T\(clock.joined(separator: ":"))\(fraction)Z"
  }

  /// The day alone: `2024-05-01`.
  public var day: String {
    CivilDate(daysSinceEpoch: Self.floorDivide(milliseconds, 86_400_000).quotient).description
  }

  /// Reads `2024-05-01`, `2024-05-01T12:00`, `2024-05-01 12:00:30.250+02:00`, ...; nil for what is
  /// no date. Without a zone it is UTC; a bare day is its first moment.
  public init?(_ text: some StringProtocol) {
    var reader = DateReader(text: Array(text.utf8))
    guard let milliseconds = reader.read() else { return nil }
    self.init(milliseconds: milliseconds)
  }

  static func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  static func floorDivide(_ value: Int64, _ by: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
    return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
  }
}

/// A day of the proleptic Gregorian calendar (algorithm: Howard Hinnant, "chrono-compatible
/// low-level date algorithms").
struct CivilDate: CustomStringConvertible {
  var year: Int64
  var month: Int64
  var day: Int64

  init(daysSinceEpoch: Int64) {
    let shifted = daysSinceEpoch + 719_468
    let (era, dayOfEra) = Timestamp.floorDivide(shifted, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = Timestamp.floorDivide(shiftedYear, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  var description: String {
    "\(Timestamp.pad(year, 4))-\(Timestamp.pad(month, 2))-\(Timestamp.pad(day, 2))"
  }
}

private struct DateReader {
  let text: [UInt8]
  var offset = 0

  init(text: [UInt8]) { self.text = text }

  mutating func read() -> Int64? {
    guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2),
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
    // 31 February would come back as another day.
    guard CivilDate(daysSinceEpoch: days).day == day else { return nil }
    if offset == text.count { return days * 86_400_000 }
    guard skip("T") || skip("t") || skip(" "), let clock = timeOfDay(), let zone = zoneOffset(),
      offset == text.count
    else { return nil }
    return days * 86_400_000 + clock - zone
  }

  private mutating func timeOfDay() -> Int64? {
    guard let hour = digits(2), skip(":"), let minute = digits(2), hour < 24, minute < 60 else {
      return nil
    }
    var milliseconds = (hour * 60 + minute) * 60_000
    guard skip(":") else { return milliseconds }
    guard let second = digits(2), second < 61 else { return nil }
    milliseconds += second * 1000
    guard skip(".") else { return milliseconds }
    var scale: Int64 = 100
    while let digit = digits(1) {
      milliseconds += digit * scale
      scale /= 10
    }
    return milliseconds
  }

  private mutating func zoneOffset() -> Int64? {
    _ = skip(" ")
    if offset == text.count || skip("Z") || skip("z") { return 0 }
    let sign: Int64 = skip("-") ? -1 : 1
    if sign == 1, !skip("+") { return nil }
    guard let hours = digits(2) else { return nil }
    _ = skip(":")
    guard let minutes = digits(2) else { return nil }
    return sign * (hours * 60 + minutes) * 60_000
  }

  private mutating func digits(_ count: Int) -> Int64? {
    guard offset + count <= text.count else { return nil }
    var value: Int64 = 0
    for byte in text[offset..<offset + count] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    offset += count
    return value
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard offset < text.count, text[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }
}
