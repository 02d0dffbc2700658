import Maintenance

/// What pgtend is to do, whoever said it.
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

    /// The whole configuration, defaults included, as a file that says the same; secrets are blotted out.
    package func rendered() -> String {
        rendered { _ in nil }
    }

    /// With a comment at each value for which `comment` has one.
    func rendered(comment: @escaping (_ path: String) -> String?) -> String {
        var writer = YAMLWriter(comment: comment)
        writer.write(ConfigurationKeys.file.render(self))
        return writer.output
    }
}

/// How what happened is written to standard error where no journal listens.
package enum LogFormat: String, CaseIterable, Hashable, Sendable {
    case text
    case json
}
