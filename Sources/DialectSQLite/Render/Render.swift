public import SchemaModel

extension SQLite {
  /// The statements that make a schema, fill it and take it away (RenderDrop.swift); none ends with a semicolon.
  public enum Render {
    /// Everything that an empty database needs to become `schema`, with `rows` where they are
    /// given: tables, virtual tables, rows, indexes, views, triggers. Rows come before triggers,
    /// so that none fires.
    public static func baseline(_ schema: Schema, rows: SeedRows = SeedRows()) -> [String] {
      let paths = schema.paths
      func texts(_ isWanted: (ObjectPath, SchemaObject) -> Bool) -> [String] {
        paths.compactMap { path in
          schema.objects[path].flatMap { isWanted(path, $0) ? $0.text : nil }
        }
      }
      return texts { $1.table.map { $0.attributes["virtual"] == nil } ?? false }
        + texts { $1.table?.attributes["virtual"] != nil }
        + insert(rows: rows, schema: schema)
        + texts { path, _ in path.kind == .index }
        + texts { path, _ in path.kind == .view }
        + texts { path, _ in path.kind == .trigger }
        + texts { path, _ in path.kind == .setting }
    }
  }
}
