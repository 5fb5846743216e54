import EnginePostgreSQL
import SchemaModel
import SchemaSQL

struct PostgreSQLProduct {
  var scratch: ScratchOptions
}
