import DialectRegistry
import FileSystem
import Glibc
import SchemaModel
import Synchronization

/// Ctrl-C and SIGTERM: temporary folders are removed and the process ends; the store is as the last
/// finished transaction left it.
enum Interruption {
  /// Written by the signal handler, read by the watching thread. Set once, before the handler is.
  nonisolated(unsafe) private static var pipeEnds: (Int32, Int32) = (-1, -1)
  private static let isRequested = Atomic<Bool>(false)
  private static let isWatched = Atomic<Bool>(false)

  static func watch() {
    guard !isWatched.exchange(true, ordering: .sequentiallyConsistent) else { return }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    pipeEnds = (ends[0], ends[1])
    var thread = pthread_t()
    pthread_create(&thread, nil, { _ in Interruption.await() }, nil)
    pthread_detach(thread)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in Interruption.request(number) }
    }
  }

  private static func request(_ number: Int32) {
    isRequested.store(true, ordering: .sequentiallyConsistent)
    var byte = UInt8(truncatingIfNeeded: number)
    _ = Glibc.write(pipeEnds.1, &byte, 1)
  }

  private static func await() -> UnsafeMutableRawPointer? {
    var byte: UInt8 = 0
    while Glibc.read(pipeEnds.0, &byte, 1) != 1 {}
    Progress.clear()
    Dialects.standard.dropAll()
    TemporaryFolder.removeAll()
    Dialects.standard.dropAll()
    Console.note("strata: interrupted; what was recorded before stays, nothing is half done")
    _exit(128 + Int32(byte))
  }

  /// Errors that an interruption causes on its way are not worth a message.
  static func waitIfRequested() {
    guard isRequested.load(ordering: .sequentiallyConsistent) else { return }
    while true { pause() }
  }
}
