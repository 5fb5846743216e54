/// An object that went; carried whole, so that the event alone can bring it back.
public struct DropObject: SchemaChange {
  /// What goes.
  public var path: ObjectPath
  /// The object as it was, so that it can come back.
  public var object: SchemaObject

  public init(path: ObjectPath, object: SchemaObject) {
    self.path = path
    self.object = object
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    _ = try state.existing(path, for: self)
    try state.remove(at: path)
  }

  public var inverse: Operation? { .createObject(CreateObject(path: path, object: object)) }
  public var kind: String { "drop \(path.kind)" }
  public var subjects: [ObjectPath] { [path] }

  public var summary: String {
    "\(kind) \(path.qualifiedName)" + (object.owningTable.map { " on \($0)" } ?? "")
  }
}
