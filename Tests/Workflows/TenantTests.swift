import DialectRegistry
import EnginePostgreSQL
import Foundation
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

/// An env.py that runs the migrations once for each tenant, and notes for each where it is.
@Suite(
  "A loop over tenants", .enabled(if: AlembicPython.path != nil, "no Python with Alembic"))
struct TenantTests {
  /// Where each tenant's place is kept.
  enum Places: String, CaseIterable, Sendable {
    /// A table of the same name in each schema.
    case schemas = "version_table_schema=tenant"
    /// The same, found by the search_path alone.
    case searchPath = ""
    /// Tables of several names in one schema.
    case names = "version_table='place_of_' + tenant, version_table_schema='public'"
  }

  nonisolated(unsafe) private static let cluster = Result { try PostgreSQLCluster() }

  private static func database() throws -> (PostgreSQLDatabase, url: String) {
    let name = "tenants_\(UInt32.random(in: 0...UInt32.max))"
    let location = try cluster.get().location
    try PostgreSQLConnection(location).execute("CREATE DATABASE \(name)")
    let place = location.with(database: name)
    return (PostgreSQLDatabase(connection: try PostgreSQLConnection(place)), place.url)
  }

  private func write(_ folder: TestFolder, _ places: Places) throws {
    try folder.write("[alembic]\nscript_location = %(here)s/s\n", to: "alembic.ini")
    try folder.write(
      """
      import os
      from alembic import context
      from sqlalchemy import create_engine, text
      url = os.environ.get("REAL_URL") or context.config.get_main_option("sqlalchemy.url")
      with create_engine(url).connect() as connection:
          for tenant in ("red", "green"):
              connection.execute(text("CREATE SCHEMA IF NOT EXISTS " + tenant))
              connection.execute(text("SET search_path TO " + tenant))
              connection.commit()
              context.configure(connection=connection, \(places.rawValue))
              with context.begin_transaction():
                  context.run_migrations()

      """, to: "s/env.py")
  }

  private func add(_ number: Int, _ body: String, _ folder: TestFolder) throws {
    try folder.write(
      """
      from alembic import op
      revision = 'r\(number)'
      down_revision = \(number == 1 ? "None" : "'r\(number - 1)'")

      def upgrade():
          op.execute("\(body)")

      """, to: "s/versions/r\(number).py")
  }

  @Test("a database of a baseline has the place of every tenant", arguments: Places.allCases)
  func stamped(places: Places) throws {
    let folder = try TestFolder()
    let history = try History.create(
      at: folder.path + "/store", dialect: Dialect("postgresql"), by: "Ada")
    try write(folder, places)
    try add(1, "CREATE TABLE plants (name text)", folder)
    try add(2, "INSERT INTO plants VALUES ('oak')", folder)
    let scratch = ScratchOptions(url: try Self.cluster.get().location.url, trustsMigrations: true)
    let context = WorkflowContext(scratch: scratch)
    let settings = AlembicSettings(python: AlembicPython.path)
    let work = AlembicImport(folder: folder.path + "/alembic.ini", settings: settings)
    #expect(try work.run(in: history, by: "Ada", context).recorded == ["r1", "r2"])
    #expect(!(try history.schema(at: "r2").paths.contains { $0.name.contains("place_of") }))

    let (database, url) = try Self.database()
    _ = try BaselineCreation(form: .database(url), holdsRows: true).run(in: history, context)
    // What comes later is recorded on a database that the baseline makes, and runs there as well.
    try add(3, "ALTER TABLE plants ADD height int", folder)
    let later = try work.run(in: history, by: "Ada", context)
    #expect(later.recorded == ["r3"])
    #expect(later.revisionWarnings == [])
    #expect(
      try history.operations(of: "r3").map(\.operation.summary).sorted() == [
        "add column green.plants.height integer", "add column red.plants.height integer",
      ])
    let upgraded = try running(
      try #require(AlembicPython.path),
      ["-B", "-m", "alembic", "-c", folder.path + "/alembic.ini", "upgrade", "head"],
      environment: ["REAL_URL": url])
    #expect(upgraded.code == 0, "\(upgraded.text)")
    for tenant in ["red", "green"] {
      #expect(try database.values("SELECT p::text FROM \(tenant).plants p") == ["(oak,)"])
      let table = places == .names ? "public.place_of_\(tenant)" : "\(tenant).alembic_version"
      #expect(try database.values("SELECT version_num FROM \(table)") == ["r3"])
    }
  }
}
