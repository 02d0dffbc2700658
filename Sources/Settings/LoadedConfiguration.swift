import CivilTime

/// A configuration, what is doubtful in it, and who said what.
package struct LoadedConfiguration: Hashable, Sendable {
    package var configuration: Configuration
    /// Accepted, but worth a word to the operator; in order of place.
    package var warnings: [Problem]
    /// The file that was read, if any.
    package var file: String?
    /// By path (`databases[0].lock_timeout`, numbered as in `configuration`); a path that is not here is built in.
    package var sources: [String: ConfigurationSource]

    /// As `Configuration.rendered()`, with a comment at each value that is not built in.
    package func rendered() -> String {
        configuration.rendered { sources[$0]?.description }
    }
}

/// Reads the configuration: the file, over it the environment, over that the command line.
///
/// The file is `--config`, else `$PGTEND_CONFIG`, else `defaultFile` if there is one; none is needed. The
/// databases are those of `--database`, else that of `$PGTEND_DATABASE`, else all of the file, else the one
/// that libpq's own variables name. Variables that are set to nothing count as not set.
///
/// Schedules with a zone read its rules from `zoneDirectory`.
///
/// - Throws: every problem that was found, in order of place.
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
