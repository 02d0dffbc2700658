/// The flags of the command line that override the environment and the file.
package struct FlagOverrides: Hashable, Sendable {
    /// `--config FILE`.
    package var configFile: String?
    /// `--database`, in order: names of the file, or connection strings (they contain `=` or `://`).
    package var databases: [String]
    /// `--schema`, in order: replaces the schemas of every selected database.
    package var schemas: [String]
    /// `--log-format`.
    package var logFormat: LogFormat?

    package init(
        configFile: String? = nil, databases: [String] = [], schemas: [String] = [], logFormat: LogFormat? = nil
    ) {
        self.configFile = configFile
        self.databases = databases
        self.schemas = schemas
        self.logFormat = logFormat
    }
}
