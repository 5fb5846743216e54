import SchemaModel
import StoreFormat
import Testing

/// Runs a decoder on bytes that are given as an array.
func decode<T>(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
  try bytes.withUnsafeBytes(body)
}

/// The bytes of an operation as an event's payload holds them.
func bytes(of operation: SchemaModel.Operation) -> [UInt8] {
  var writer = FieldWriter()
  operation.encode(into: &writer)
  return writer.bytes
}

func operation(_ bytes: [UInt8]) throws -> SchemaModel.Operation {
  try decode(bytes) { try Operation(from: FieldReader($0, of: "an operation")) }
}

/// Every cut and every single flipped bit of some bytes.
func forEachHarm(of bytes: [UInt8], _ body: ([UInt8], _ harm: String) throws -> Void) rethrows {
  for count in bytes.indices { try body(Array(bytes[..<count]), "cut after \(count) bytes") }
  for index in bytes.indices {
    for bit in 0..<8 {
      var harmed = bytes
      harmed[index] ^= 1 << UInt8(bit)
      try body(harmed, "bit \(bit) of byte \(index)")
    }
  }
}
