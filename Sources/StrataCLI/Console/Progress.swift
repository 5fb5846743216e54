import SchemaModel
import Documents
import Glibc
import Workflows

/// A progress bar on standard error: on a terminal only, redrawn at most 20 times a second.
struct Progress {
  private var lastDrawn: Double = 0

  private static let isShown = isatty(STDERR_FILENO) == 1 && Environment.value("TERM") != "dumb"

  mutating func show(_ progress: WorkProgress) {
    guard Self.isShown else { return }
    let (done, total) = (progress.done, progress.total)
    let now = Self.seconds()
    guard now - lastDrawn > 0.05 || done == total else { return }
    lastDrawn = now
    let width = 24
    let filled = total > 0 ? min(width, width * done / total) : 0
    let bar = String(repeating: "=", count: filled).padded(width)
    Console.control(
      "\r\u{1B}[K", "\(progress.title) [\(bar)] \(done)/\(total) \(progress.detail.prefix(40))")
  }

  /// Wipes the line, so that what follows stands alone.
  static func clear() {
    if isShown { Console.control("\r\u{1B}[K") }
  }

  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
