import Glibc
import SchemaHistory
import SchemaModel

/// A day of the calendar, as databases and programs write it down.
struct Day: Hashable {
  private let year: Int
  private let month: Int
  private let day: Int
  /// Days since 1970-01-01.
  private let number: Int64

  init(utc time: Timestamp) { self.init(seconds: time.milliseconds / 1000) { gmtime_r($0, $1) } }
  init(local time: Timestamp) {
    self.init(seconds: time.milliseconds / 1000) { localtime_r($0, $1) }
  }

  static var localToday: Day { Day(local: Timestamp.now) }

  private init(
    seconds: Int64,
    _ broken: (UnsafePointer<time_t>, UnsafeMutablePointer<tm>) -> UnsafeMutablePointer<tm>?
  ) {
    var seconds = time_t(seconds)
    var parts = tm()
    _ = broken(&seconds, &parts)
    year = Int(parts.tm_year) + 1900
    month = Int(parts.tm_mon) + 1
    day = Int(parts.tm_mday)
    parts.tm_hour = 0
    parts.tm_min = 0
    parts.tm_sec = 0
    number = Int64(timegm(&parts)) / 86_400
  }

  /// `2026-11-26`, `20261126`, `2026/11/26`, `26.11.2026`, `11/26/2026`, `26/11/2026`.
  var spellings: [String] {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (m, d) = (two(month), two(day))
    return [
      "\(year)-\(m)-\(d)", "\(year)\(m)\(d)", "\(year)/\(m)/\(d)", "\(d).\(m).\(year)",
      "\(m)/\(d)/\(year)", "\(d)/\(m)/\(year)",
    ]
  }

  /// Its first moment as a number: seconds, milliseconds and microseconds since 1970, Julian days.
  var moments: [Double] {
    let days = Double(number)
    return [days * 86_400, days * 86_400_000, days * 86_400_000_000, days + 2_440_587.5]
  }
}
