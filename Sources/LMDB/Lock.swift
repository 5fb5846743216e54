#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A mutex that tells a thread that it holds it already, instead of waiting for ever.
final class Lock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ERRORCHECK))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// - Throws: `EDEADLK` where this thread holds it.
  func lock(_ action: @autoclosure () -> String) throws(LMDBError) {
    try check(pthread_mutex_lock(mutex), action())
  }

  func unlock() { pthread_mutex_unlock(mutex) }

  func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }

  /// For short sections that cannot nest.
  func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }
}
