import Maintenance

/// A configuration: the values of the file, the environment and the command line combined.
package struct Configuration: Hashable, Sendable {
    package var databases: [DatabaseDefinition]
    /// nil if the program chooses, by where its output goes.
    package var logFormat: LogFormat?
    /// How many databases the service works on at the same time.
    package var connections: Int
    /// How long a running step may go on after SIGTERM before it is cancelled on the server.
    package var stopGrace: Duration

    package init(
        databases: [DatabaseDefinition] = [], logFormat: LogFormat? = nil, connections: Int = 8,
        stopGrace: Duration = .seconds(30)
    ) {
        self.databases = databases
        self.logFormat = logFormat
        self.connections = connections
        self.stopGrace = stopGrace
    }

    /// The whole configuration as a YAML file, defaults included, secrets masked. Apart from the secrets, loading that
    /// file would give the same configuration.
    package func rendered() -> String {
        rendered { _ in nil }
    }

    /// As ``rendered()``, with a comment after each value for which `comment` returns one.
    func rendered(comment: @escaping (_ path: String) -> String?) -> String {
        var writer = YAMLWriter(comment: comment)
        writer.write(ConfigurationKeys.file.render(self))
        return writer.output
    }
}

/// The format of reports on standard error. Not used if they are written to the journal.
package enum LogFormat: String, CaseIterable, Hashable, Sendable {
    case text
    case json
}
