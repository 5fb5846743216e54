/// The same object under another name (or in another namespace, or of another table).
public struct RenameObject: SchemaChange {
  /// The path until then.
  public var path: ObjectPath
  /// The path from then on: of the same kind.
  public var newPath: ObjectPath

  public init(path: ObjectPath, newPath: ObjectPath) {
    self.path = path
    self.newPath = newPath
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    let object = try state.existing(path, for: self)
    guard try state.object(at: newPath) == nil else {
      throw FoldError.alreadyThere(newPath, operation: summary)
    }
    try state.remove(at: path)
    try state.put(object, at: newPath)
  }

  public var inverse: Operation? {
    .renameObject(RenameObject(path: newPath, newPath: path))
  }
  public var kind: String { "rename \(path.kind)" }
  public var subjects: [ObjectPath] { [path, newPath] }
  public var summary: String { "\(kind) \(path.qualifiedName) to \(newPath.qualifiedName)" }
}
