import Maintenance

/// What the service is told: what to tend, and within which bounds.
package struct ServiceSettings: Hashable, Sendable {
    package var databases: [DatabaseDefinition]
    /// How many databases are worked on at once, each over one connection.
    package var connections: Int
    /// How long a running step may go on after the service was told to stop, before it is cancelled on the server.
    package var stopGrace: Duration

    package init(databases: [DatabaseDefinition], connections: Int = 8, stopGrace: Duration = .seconds(30)) {
        self.databases = databases
        self.connections = connections
        self.stopGrace = stopGrace
    }
}
