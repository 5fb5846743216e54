/// What a store is, compiled in from the files of `store/`.
public enum StoreDefinition {
  /// One SQL file that makes a relation of the projection, with its indexes.
  public struct Relation: Sendable {
    public var name: String
    public var sql: String
  }

  /// The projection's relations, in the order in which they can be made.
  public static var relations: [Relation] {
    [
      ("projection_state", PackageResources.projection_state_sql),
      ("lines", PackageResources.lines_sql),
      ("revisions", PackageResources.revisions_sql),
      ("revision_parents", PackageResources.revision_parents_sql),
      ("tags", PackageResources.tags_sql),
      ("truncations", PackageResources.truncations_sql),
      ("events", PackageResources.events_sql),
      ("object_paths", PackageResources.object_paths_sql),
      ("event_objects", PackageResources.event_objects_sql),
      ("object_changes", PackageResources.object_changes_sql),
      ("revision_path", PackageResources.revision_path_sql),
      ("objects_at", PackageResources.objects_at_sql),
      ("objects", PackageResources.objects_sql),
    ].map { Relation(name: $0, sql: String(decoding: $1, as: UTF8.self)) }
  }
}
