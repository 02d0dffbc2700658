import CivilTime

/// A configuration that can be used, with warnings, and where each value comes from.
package struct LoadedConfiguration: Hashable, Sendable {
    package var configuration: Configuration
    /// What is accepted, but should be shown to the operator; in the order of `ConfigurationSource`.
    package var warnings: [Problem]
    /// The file that was read, if any.
    package var file: String?
    /// By path (`databases[0].lock_timeout`, numbered as in `configuration`). A value whose path is missing here is a
    /// default.
    package var sources: [String: ConfigurationSource]

    /// As `Configuration.rendered()`, with a comment after each value that is not a default.
    package func rendered() -> String {
        configuration.rendered { sources[$0]?.description }
    }
}

/// Loads the configuration: the environment overrides the file, and the command line overrides both.
///
/// The file is the one that `--config` names, else `PGTEND_CONFIG`, else `defaultFile`, which need not exist. The
/// databases are those of `--database`, else that of `PGTEND_DATABASE`, else all of the file, else the one that libpq's
/// own variables name. An empty variable counts as not set.
///
/// The rules of the time zones that schedules name are read from `zoneDirectory`.
///
/// - Throws: every problem that was found, in the order of `ConfigurationSource`.
package func load(
    flags: FlagOverrides,
    environment: [String: String],
    defaultFile: String = ConfigurationFile.defaultPath,
    zoneDirectory: String = ZoneRules.systemDirectory,
    readFile: (String) throws(ConfigurationFile.Failure) -> ConfigurationFile = ConfigurationFile.read
) throws(SettingsError) -> LoadedConfiguration {
    let environment = EnvironmentOverrides(environment)
    var loader = Loader(
        flags: flags, environment: environment, defaultFile: defaultFile, zoneDirectory: zoneDirectory)
    if let (path, file) = loader.find(by: readFile) {
        loader.read(file, path)
    }
    loader.select()
    return try loader.result()
}
