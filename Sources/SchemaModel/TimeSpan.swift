/// A stretch of time that people name: a moment, a day, a month, `yesterday`, `2 weeks ago`. Days, months
/// and years are those of UTC, in which times are printed.
public struct TimeSpan: Hashable, Sendable {
  /// What every message about a time that is none may show.
  public static let examples =
    "2024-05-01, 2024-05-01T12:00Z, 2024-05, yesterday, '2 weeks ago' or 'last march'"

  /// Its first moment.
  public var first: Timestamp
  /// Its last one, to the millisecond.
  public var last: Timestamp

  /// Reads what `Timestamp` does; `2024` and `2024-05`; `now`, `today`, `yesterday`; `3 days ago` (from
  /// seconds to years, with dots for blanks as well), `last week` (from its Monday), `last month`,
  /// `last year`; a weekday or a month by its English name, which is the last one that has begun, and with
  /// `last` before it the last one that is over; `march 2024`. Case makes no difference.
  /// - Parameter now: what the words are counted from.
  /// - Returns: nil for anything else.
  public init?(_ text: some StringProtocol, now: Timestamp) {
    // A clock that is off by more than any date can say.
    let now = Timestamp(milliseconds: min(max(now.milliseconds, -Self.clockMax), Self.clockMax))
    let words = text.lowercased().split { " ._".contains($0) }.map(String.init)
    if let moment = Timestamp(text) {
      self = text.utf8.count == 10 ? Self.days(moment.dayNumber, 1) : Self(moment, moment)
    } else if let span = Self.calendar(text) ?? Self.named(words, now) ?? Self.ago(words, now) {
      self = span
    } else {
      return nil
    }
  }

  /// The end of the year 9999.
  private static let clockMax: Int64 = 253_402_300_799_999

  private init(_ first: Timestamp, _ last: Timestamp) {
    self.first = first
    self.last = last
  }

  private static func days(_ first: Int64, _ count: Int64) -> TimeSpan {
    TimeSpan(
      Timestamp(milliseconds: first * Timestamp.day),
      Timestamp(milliseconds: (first + count) * Timestamp.day - 1))
  }

  /// - Parameter month: counted on from January, so that 0 is the December before.
  private static func month(_ year: Int64, _ month: Int64) -> TimeSpan {
    let first = CivilDate.firstOfMonth(year, month)
    return days(first, CivilDate.firstOfMonth(year, month + 1) - first)
  }

  private static func year(_ year: Int64) -> TimeSpan {
    let first = CivilDate.firstOfMonth(year, 1)
    return days(first, CivilDate.firstOfMonth(year + 1, 1) - first)
  }

  /// `2024`, `2024-05`.
  private static func calendar(_ text: some StringProtocol) -> TimeSpan? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, let year = number(parts[0], digits: 4) else { return nil }
    guard parts.count == 2 else { return self.year(year) }
    guard let month = number(parts[1], digits: 2), (1...12).contains(month) else { return nil }
    return self.month(year, month)
  }

  private static func number(_ text: some StringProtocol, digits: Int) -> Int64? {
    guard text.utf8.count == digits, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int64(text)
  }

  private static func named(_ words: [String], _ now: Timestamp) -> TimeSpan? {
    let today = now.dayNumber
    let date = CivilDate(daysSinceEpoch: today)
    let isOver = words.first == "last" && words.count == 2
    guard let word = isOver ? words.last : words.first else { return nil }
    if !isOver, words.count == 1 {
      switch word {
      case "now": return TimeSpan(now, now)
      case "today": return days(today, 1)
      case "yesterday": return days(today - 1, 1)
      default: break
      }
    }
    if isOver {
      switch word {
      case "week": return days(today - weekday(today) - 7, 7)
      case "month": return month(date.year, date.month - 1)
      case "year": return year(date.year - 1)
      default: break
      }
    }
    if let place = place(of: word, in: weekdays), words.count == 1 || isOver {
      let back = (weekday(today) - place + 7) % 7
      return days(today - (isOver && back == 0 ? 7 : back), 1)
    }
    guard let place = place(of: word, in: months) else { return nil }
    if words.count == 2, !isOver {
      return number(words[1], digits: 4).map { month($0, place + 1) }
    }
    guard words.count == 1 || isOver else { return nil }
    let isThisYears = isOver ? place + 1 < date.month : place + 1 <= date.month
    return month(isThisYears ? date.year : date.year - 1, place + 1)
  }

  /// From Monday, which is 0; the epoch was a Thursday.
  private static func weekday(_ day: Int64) -> Int64 {
    Timestamp.floorDivide(day + 3, 7).remainder
  }

  /// By the whole name or its first three letters.
  private static func place(of word: String, in names: [String]) -> Int64? {
    names.firstIndex { $0 == word || $0.prefix(3) == word }.map(Int64.init)
  }

  private static let weekdays = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]
  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]

  private static func length(of unit: String) -> Int64? {
    switch unit {
    case "second": 1000
    case "minute": 60_000
    case "hour": 3_600_000
    case "day": Timestamp.day
    case "week": 7 * Timestamp.day
    default: nil
    }
  }

  /// `3 days ago`, `a week ago`: a moment.
  private static func ago(_ words: [String], _ now: Timestamp) -> TimeSpan? {
    guard words.count == 3, words[2] == "ago" else { return nil }
    let count = ["a", "an", "one"].contains(words[0]) ? 1 : Int64(words[0]) ?? -1
    // A million years are more than any history has.
    guard (0...1_000_000_000).contains(count) else { return nil }
    let unit = words[1].hasSuffix("s") ? String(words[1].dropLast()) : words[1]
    var milliseconds: Int64
    if let length = length(of: unit) {
      milliseconds = now.milliseconds - count * length
    } else if unit == "month" || unit == "year" {
      let date = CivilDate(daysSinceEpoch: now.dayNumber)
      let months = date.month - count * (unit == "year" ? 12 : 1)
      guard count <= 1_000_000 else { return nil }
      let first = CivilDate.firstOfMonth(date.year, months)
      // The 31st of a month that has none is its last day.
      let length = CivilDate.firstOfMonth(date.year, months + 1) - first
      let clock = now.milliseconds - now.dayNumber * Timestamp.day
      milliseconds = (first + min(date.day, length) - 1) * Timestamp.day + clock
    } else {
      return nil
    }
    milliseconds = max(milliseconds, -Int64.max / 4)
    let moment = Timestamp(milliseconds: milliseconds)
    return TimeSpan(moment, moment)
  }
}

extension Timestamp {
  static let day: Int64 = 86_400_000

  /// Since 1970-01-01.
  fileprivate var dayNumber: Int64 { Self.floorDivide(milliseconds, Self.day).quotient }
}

extension CivilDate {
  /// - Parameter month: counted on from January: 13 is the next year's first.
  fileprivate static func firstOfMonth(_ year: Int64, _ month: Int64) -> Int64 {
    let (years, inYear) = Timestamp.floorDivide(month - 1, 12)
    return daysSinceEpoch(year: year + years, month: inYear + 1, day: 1)
  }
}
