/// All that a program needs of Strata: histories and what can be asked of them (`SchemaHistory`), what
/// a schema is (`SchemaModel`), what people do with a migrations folder (`Workflows`), and how it is
/// written down (`Documents`).
@_exported public import DialectRegistry
@_exported public import Documents
@_exported public import Importers
@_exported public import SchemaHistory
@_exported public import SchemaModel
@_exported public import Workflows
