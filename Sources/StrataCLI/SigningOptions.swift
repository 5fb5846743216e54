import ArgumentParser
import FileSystem
import SchemaHistory
import SchemaModel
import Workflows

/// The key that signs what is written: `--sign-key`, else `STRATA_SIGN_KEY`.
struct SigningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Sign what is written with this Ed25519 key, as `openssl genpkey -algorithm ed25519` writes it; "
        + "$STRATA_SIGN_KEY without it.", valueName: "file"))
  var signKey: String?

  /// The key's PEM text; nil where nothing is to be signed.
  func key() throws -> String? { try Self.key(signKey) }

  static func key(_ file: String? = nil) throws -> String? {
    try (file ?? Environment.value("STRATA_SIGN_KEY")).map { try text(of: $0) }
  }

  static func text(of file: String) throws -> String {
    let bytes = try Files.readStream(file)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw WorkflowError.input("expected text in \(file), found other bytes")
    }
    return text
  }
}
