public import SchemaHistory
import SchemaModel
import StoreFormat

/// A proof that an event, or an object, belongs to a history.
public enum ProofDocument {
  /// The fields of `strata prove`; bytes are base 64.
  public static func value(_ proof: HistoryProof) -> JSONValue {
    .object([
      ("record", bytes(proof.record)), ("path", .list(proof.path.map { bytes($0.bytes) })),
      ("checkpoint", .text(proof.checkpoint)),
      ("object", proof.object.map(value) ?? .null),
    ])
  }

  private static func value(_ object: HistoryProof.Object) -> JSONValue {
    .object([
      ("path", bytes(object.path)), ("nodes", .list(object.nodes.map(bytes))),
      ("content", bytes(object.content)), ("column", .text(object.column)),
    ])
  }

  private static func bytes(_ bytes: [UInt8]) -> JSONValue { .text(Base64.text(bytes)) }
}
