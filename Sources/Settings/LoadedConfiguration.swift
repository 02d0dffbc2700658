import CivilTime

/// A valid configuration, with warnings and the source of each value.
package struct LoadedConfiguration: Hashable, Sendable {
    package var configuration: Configuration
    /// What was accepted but should be shown to the operator; sorted by `ConfigurationSource`.
    package var warnings: [Problem]
    /// The file that was read, if any.
    package var file: String?
    /// The sources by path, such as `databases[0].lock_timeout`, with the indices of `configuration`. A value whose
    /// path is missing has its default.
    package var sources: [String: ConfigurationSource]

    /// As `Configuration.rendered()`, with a comment after each value that is not a default.
    package func rendered() -> String {
        configuration.rendered { sources[$0]?.description }
    }
}

/// Loads the configuration: the environment overrides the file, and the command line overrides both.
///
/// The file is the one of `--config`, else of `PGTEND_CONFIG`, else `defaultFile`, which need not exist. The databases
/// are those of `--database`, else the one of `PGTEND_DATABASE`, else all of the file, else the one that libpq's own
/// environment variables specify. An empty variable counts as not set.
///
/// The rules of the time zones of schedules are read from `zoneDirectory`.
///
/// - Throws: all problems that were found, sorted by `ConfigurationSource`.
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
