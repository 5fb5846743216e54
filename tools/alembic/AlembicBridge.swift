/// The Python package that reads and steps Alembic, carried in the binary.
public enum BridgeProgram {
  /// The folder's name, by which Python runs it.
  public static let name = "strata_bridge"
  /// Paths below the folder, and their bytes.
  public static let files: [(path: String, bytes: [UInt8])] = [
    ("__init__.py", PackageResources.__init___py),
    ("__main__.py", PackageResources.__main___py),
    ("application.py", PackageResources.application_py),
    ("commits.py", PackageResources.commits_py),
    ("environment.py", PackageResources.environment_py),
    ("failures.py", PackageResources.failures_py),
    ("folders.py", PackageResources.folders_py),
    ("following.py", PackageResources.following_py),
    ("graph.py", PackageResources.graph_py),
    ("ground.py", PackageResources.ground_py),
    ("ordering.py", PackageResources.ordering_py),
    ("packages.py", PackageResources.packages_py),
    ("postgresql.py", PackageResources.postgresql_py),
    ("protocol.py", PackageResources.protocol_py),
    ("reading.py", PackageResources.reading_py),
    ("sequences.py", PackageResources.sequences_py),
    ("server_sessions.py", PackageResources.server_sessions_py),
    ("serving.py", PackageResources.serving_py),
    ("session.py", PackageResources.session_py),
    ("settings.py", PackageResources.settings_py),
    ("sqlite.py", PackageResources.sqlite_py),
    ("statements.py", PackageResources.statements_py),
    ("stepping.py", PackageResources.stepping_py),
    ("walls/arrivals.py", PackageResources.arrivals_py),
    ("walls/audit.py", PackageResources.audit_py),
    ("walls/drivers.py", PackageResources.drivers_py),
    ("walls/engines.py", PackageResources.engines_py),
    ("walls/kernel.py", PackageResources.kernel_py),
    ("walls/places.py", PackageResources.places_py),
    ("walls/policy.py", PackageResources.policy_py),
    ("walls/proof.py", PackageResources.proof_py),
    ("walls/sqlite_guard.py", PackageResources.sqlite_guard_py),
    ("walls/targets.py", PackageResources.targets_py),
  ]
}
