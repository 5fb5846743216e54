#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file or a folder that could not be read, written or made. Nothing of the file that was there
/// before has changed.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whose fault it is.
  public enum Fault: Hashable, Sendable {
    /// What was named: it is missing, something else, or out of reach.
    case place
    /// The system failed on the way: a full disk, a broken device.
    case system
    /// Nothing may be written where something has to be: another place can be named.
    case unwritable
  }

  /// The path as it was given.
  public var path: String
  public var fault: Fault
  /// The `errno` of the call that failed; 0 where none did.
  public var code: Int32
  /// What was expected and what was found, on one line if the path has one.
  public var description: String

  init(_ expected: String, _ path: String, _ fault: Fault = .place, code: Int32 = errno) {
    self.path = path
    self.fault = fault
    self.code = code
    description = "expected \(expected) \(path), found: \(Self.reason(code))"
  }

  /// Of a file that the last call of the system's could not open for writing.
  public init(writing path: String) { self.init("to write", path) }

  /// In words of its own.
  init(path: String, fault: Fault = .place, code: Int32 = 0, description: String) {
    self.path = path
    self.fault = fault
    self.code = code
    self.description = description
  }

  /// Whether there is no room: on the disk, in a quota, or by a limit of the file's size.
  public var isOutOfRoom: Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

  /// Whether another name is what it wants: what was named is missing, or something else. Not a missing
  /// permission, and nothing that the disk or the system failed at.
  public var isOfThePlace: Bool {
    let ofNames = [0, ENOENT, ENOTDIR, EISDIR, EEXIST, ENAMETOOLONG, ELOOP, EINVAL, ENXIO]
    return fault == .place && ofNames.contains(code)
  }

  /// What the system calls the reason, as in "Permission denied".
  public var reason: String { Self.reason(code) }

  /// The system's words for an error number.
  public static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// The system's words for why its last call failed.
  public static func reason() -> String { reason(errno) }
}
