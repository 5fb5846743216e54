/// The pages of `docs/` that the manual repeats, compiled in.
public enum ManualText {
  /// docs/EXIT-CODES.md.
  public static var exitCodes: String {
    String(decoding: PackageResources.EXIT_CODES_md, as: UTF8.self)
  }

  /// docs/ENVIRONMENT.md.
  public static var environment: String {
    String(decoding: PackageResources.ENVIRONMENT_md, as: UTF8.self)
  }
}
