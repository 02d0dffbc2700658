import Maintenance

/// The configuration in force, wherever its values come from.
package struct Configuration: Hashable, Sendable {
    package var databases: [DatabaseDefinition]
    /// nil leaves the choice to the program, which looks at where its output goes.
    package var logFormat: LogFormat?
    /// At how many databases the service works at once.
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

    /// The whole configuration, defaults included, as a file that would give the same configuration, but for secrets,
    /// which are masked.
    package func rendered() -> String {
        rendered { _ in nil }
    }

    /// With a comment after each value for which `comment` has one.
    func rendered(comment: @escaping (_ path: String) -> String?) -> String {
        var writer = YAMLWriter(comment: comment)
        writer.write(ConfigurationKeys.file.render(self))
        return writer.output
    }
}

/// The format of reports on standard error, where they do not go to the journal.
package enum LogFormat: String, CaseIterable, Hashable, Sendable {
    case text
    case json
}
