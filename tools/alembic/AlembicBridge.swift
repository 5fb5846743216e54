/// The Python program that reads and steps Alembic, carried in the binary.
public enum BridgeProgram {
  public static var source: [UInt8] { PackageResources.strata_bridge_py }
}
