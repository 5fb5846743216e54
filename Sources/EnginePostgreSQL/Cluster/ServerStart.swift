internal import SchemaModel
internal import CLibPQ

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How the server of a cluster is started: as the child of a shell that watches over it, and on
/// Linux confined by the kernel to the cluster's folder.
struct ServerStart {
  let programs: ServerPrograms
  let mirror: ServerMirror?
  let folder: String
  let user: ServerUser
  /// Options of the server, in pairs.
  let options: [String]
  let isConfined: Bool

  private var program: String { (mirror?.programFolder ?? programs.folder) + "/postgres" }

  /// TERM ends a server that has not got as far as to listen to QUIT. While the shell waits for
  /// `sleep`, it hears of the server's end too, which it did not start itself.
  private static let script = """
    folder=$1 server=$2
    while read -r line; do :; done
    kill -TERM $server 2>/dev/null
    kill -QUIT $server 2>/dev/null
    while kill -0 $server 2>/dev/null; do sleep 0.01 2>/dev/null || sleep 1; done
    rm -rf "$folder" 2>/dev/null || { sleep 1; rm -rf "$folder" 2>/dev/null; }
    """

  /// - Parameter input: the pipe whose end is the server's end.
  /// - Returns: the shell's process.
  func run(input: Int32) throws(Subprogram.Failure) -> pid_t {
    let arguments = [program, "-D", folder + "/data"] + options
    let keeper = ["/bin/sh", "-c", Self.script, "strata-postgres", folder]
    var place = [CChar](repeating: 0, count: 32)
    let other = user.other == nil ? nil : user
    let code = withCStrings(arguments) { arguments in
      withCStrings(Subprogram.environment) { environment in
        place.withUnsafeMutableBufferPointer { place in
          Self.withKeeper(keeper, place.baseAddress) { keeper in
            withConfinement { confinement in
              var server = strata_server()
              server.arguments = Subprogram.mutable(arguments)
              server.environment = Subprogram.mutable(environment)
              server.keeper_arguments = keeper
              server.keeper_server_place = place.baseAddress
              server.keeper_input = input
              server.user = other.map { Int($0.user) } ?? -1
              server.group = other.map { Int($0.group) } ?? -1
              server.confinement = isConfined ? confinement : nil
              return withCStrings([program, folder + "/log", "/bin/sh", folder]) { texts in
                server.path = texts[0]
                server.log = texts[1]
                server.keeper_path = texts[2]
                server.folder = texts[3]
                return strata_server_start(&server)
              }
            }
          }
        }
      }
    }
    guard code > 0 else {
      let name = other?.other.map { " as \($0)" } ?? ""
      throw Subprogram.Failure(
        description: "cannot start \(program)\(name): \(String(cString: strerror(-code)))")
    }
    return code
  }

  /// The keeper's arguments, the last of which is written between fork and exec.
  private static func withKeeper<Result>(
    _ texts: [String], _ place: UnsafeMutablePointer<CChar>?,
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Result
  ) -> Result {
    withCStrings(texts) { strings in
      let list = Subprogram.mutable(strings)
      let pointers = (0..<texts.count).map { list[$0] } + [place, nil]
      return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
  }

  // MARK: Confinement

  private func withConfinement<Result>(
    _ body: (UnsafePointer<strata_confinement>) -> Result
  ) -> Result {
    withCStrings(executable) { executable in
      withCStrings(readable) { readable in
        withCStrings([folder, "/dev/null"]) { writable in
          var confinement = strata_confinement()
          confinement.executable = executable
          confinement.readable = readable
          confinement.writable = writable
          // The statistics of older servers go over a socket.
          confinement.refuses_connections = programs.majorVersion >= 15 ? 1 : 0
          return body(&confinement)
        }
      }
    }
  }

  /// The server's program and what the system loads it with.
  private var executable: [String] {
    [program, programs.folder + "/postgres"] + (ProgramInterpreter.of(program).map { [$0] } ?? [])
  }

  private var readable: [String] {
    let system = [
      "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf",
      "/etc/ssl", "/etc/pki", "/var/cache/postgresql", "/dev/urandom", "/dev/random", "/dev/zero",
    ]
    // The statistics of older servers go over a socket of `localhost`. Without them each look at a
    // count waits ten seconds.
    let names = programs.majorVersion < 15 ? ["/etc/hosts", "/etc/host.conf", "/etc/gai.conf"] : []
    // Where packages lie elsewhere, their libraries lie beside them.
    let roots = ["/nix/store", "/gnu/store", "/home/linuxbrew/.linuxbrew"].filter {
      programs.folder.hasPrefix($0 + "/")
    }
    return system + names + roots + [programs.folder]
      + (mirror?.sources ?? [parent(programs.folder)])
  }

  private func parent(_ path: String) -> String {
    let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    return parent.isEmpty ? path : parent
  }
}

/// The file that loads a program: the kernel executes it too.
enum ProgramInterpreter {
  static func of(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = read(file, &bytes, bytes.count)
    // 64 bits, the least significant byte first.
    guard count > 64, Array(bytes[..<6]) == [0x7F, 0x45, 0x4C, 0x46, 2, 1] else { return nil }
    bytes = Array(bytes[..<count])
    func number(_ start: Int, _ size: Int) -> Int? {
      guard start >= 0, start <= count - size else { return nil }
      let value = bytes[start..<start + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return Int(exactly: value)
    }
    guard let table = number(32, 8), let size = number(54, 2), let entries = number(56, 2),
      size >= 56, table < count
    else { return nil }
    for index in 0..<entries {
      let entry = table + index * size
      guard let kind = number(entry, 4), let start = number(entry + 8, 8),
        let length = number(entry + 32, 8)
      else { return nil }
      guard kind == 3 else { continue }
      guard length > 1, start < count, length <= count - start else { return nil }
      return String(decoding: bytes[start..<start + length - 1], as: UTF8.self)
    }
    return nil
  }
}
