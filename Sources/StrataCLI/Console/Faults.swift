import Glibc
import SchemaModel

/// What the log's memory map can do to the process: a file that is cut short while it is read, a disk
/// that is full where the map is written, a damaged page that LMDB believes. Each would end the process
/// by a signal; here it ends with one message and an exit code, and nothing of it is committed.
///
/// All that the handler uses is made before: it may run in the middle of anything.
enum Faults {
  private static let mapsByteCount = 1 << 20
  /// For /proc/self/maps.
  nonisolated(unsafe) private static let maps = UnsafeMutablePointer<UInt8>.allocate(
    capacity: mapsByteCount)
  private static let stackByteCount = 1 << 16

  static func watch() {
    var stack = stack_t()
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: stackByteCount, alignment: 16)
    stack.ss_size = stackByteCount
    guard sigaltstack(&stack, nil) == 0 else { return }
    _ = maps
    for number in [SIGBUS, SIGSEGV, SIGABRT] {
      var action = sigaction()
      action.sa_flags = Int32(
        bitPattern: UInt32(SA_SIGINFO) | UInt32(SA_ONSTACK) | UInt32(SA_RESETHAND))
      action.__sigaction_handler.sa_sigaction = { number, information, _ in
        Faults.end(number, information?.pointee._sifields._sigfault.si_addr)
      }
      sigaction(number, &action, nil)
    }
  }

  private static func end(_ number: Int32, _ address: UnsafeMutableRawPointer?) -> Never {
    if number == SIGBUS {
      say(
        """
        strata: the store is damaged, or its disk is full: a part of a file that is mapped into memory \
        could not be had. What was not committed is undone. Run 'strata verify' for the whole extent, \
        and 'strata verify --salvage DIR' to write what is good into a new store\n
        """)
    } else if number == SIGABRT || isInStore(UInt(bitPattern: address)) {
      say(
        """
        strata: the store is damaged: a page of its log is not as LMDB wrote it. What was not committed is \
        undone. Run 'strata verify' for the whole extent, \
        and 'strata verify --salvage DIR' to write what is good into a new store\n
        """)
    } else {
      // Not a store's fault: as the system says it.
      _ = signal(number, SIG_DFL)
      raise(number)
    }
    _exit(ExitStatus.damaged.rawValue)
  }

  private static func say(_ text: StaticString) {
    _ = Glibc.write(2, text.utf8Start, text.utf8CodeUnitCount)
  }

  /// Whether an address lies in the map of a log or a segment, or beside one: LMDB adds what a page says
  /// to where the page is.
  private static func isInStore(_ address: UInt) -> Bool {
    let file = open("/proc/self/maps", O_RDONLY)
    guard file >= 0 else { return false }
    var count = 0
    while count < mapsByteCount {
      let more = read(file, maps + count, mapsByteCount - count)
      if more <= 0 { break }
      count += more
    }
    close(file)
    var start = 0
    while start < count {
      var end = start
      while end < count, maps[end] != UInt8(ascii: "\n") { end += 1 }
      if isOfStore(start, end) {
        var place = start
        let low = hexadecimal(&place)
        place += 1
        let high = hexadecimal(&place)
        let beside: UInt = 1 << 40
        if address >= low &- min(low, beside), address < high &+ beside { return true }
      }
      start = end + 1
    }
    return false
  }

  private static func hexadecimal(_ place: inout Int) -> UInt {
    var value: UInt = 0
    while true {
      let byte = maps[place]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = value << 4 | UInt(byte &- UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        value = value << 4 | UInt(byte &- UInt8(ascii: "a") &+ 10)
      default: return value
      }
      place += 1
    }
  }

  private static func isOfStore(_ start: Int, _ end: Int) -> Bool {
    ends("data.mdb", start, end) || ends(".segment", start, end)
  }

  private static func ends(_ name: StaticString, _ start: Int, _ end: Int) -> Bool {
    let length = name.utf8CodeUnitCount
    guard end - start >= length else { return false }
    return memcmp(maps + end - length, name.utf8Start, length) == 0
  }
}
