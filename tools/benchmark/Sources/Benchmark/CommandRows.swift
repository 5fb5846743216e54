import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel

extension Rows {
  func command() throws -> [Row] { [] }
  func baseline() throws -> [Row] { [] }
}
