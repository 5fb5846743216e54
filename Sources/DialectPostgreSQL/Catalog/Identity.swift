internal import SchemaModel

extension PostgreSQL {
  /// The catalogs that objects live in, by their OIDs, which are the same in every database.
  public enum SystemCatalog: UInt32, CaseIterable, Sendable {
    case accessMethod = 2601
    case attributeDefault = 2604
    case cast = 2605
    case relation = 1259
    case collation = 3456
    case constraint = 2606
    case conversion = 2607
    case defaultPrivileges = 826
    case eventTrigger = 3466
    case `extension` = 3079
    case foreignDataWrapper = 2328
    case foreignServer = 1417
    case language = 2612
    case namespace = 2615
    case `operator` = 2617
    case operatorClass = 2616
    case operatorFamily = 2753
    case policy = 3256
    case procedure = 1255
    case publication = 6104
    case publicationNamespace = 6237
    case publicationRelation = 6106
    case rewrite = 2618
    case statistics = 3381
    case textSearchConfiguration = 3602
    case textSearchDictionary = 3600
    case textSearchParser = 3601
    case textSearchTemplate = 3764
    case transform = 3576
    case trigger = 2620
    case type = 1247
    case userMapping = 1418
  }

  /// What an object is to the server: its catalog and its OID. It outlives every name.
  public struct Identity: Hashable, Sendable, Comparable {
    /// The OID of the catalog that holds its row: `classid` in `pg_depend`.
    public var catalog: UInt32
    /// The OID of the row there, unique within its catalog alone.
    public var oid: UInt32

    public init(catalog: UInt32, oid: UInt32) {
      self.catalog = catalog
      self.oid = oid
    }

    public init(_ catalog: SystemCatalog, _ oid: UInt32) {
      self.init(catalog: catalog.rawValue, oid: oid)
    }

    public static func < (left: Self, right: Self) -> Bool {
      left.catalog != right.catalog ? left.catalog < right.catalog : left.oid < right.oid
    }

    /// Whether its row lies in that catalog.
    public func `is`(_ catalog: SystemCatalog) -> Bool { self.catalog == catalog.rawValue }
  }
}
