import Maintenance

/// The settings of the service: which databases to maintain, and within which limits.
package struct ServiceSettings: Hashable, Sendable {
    package var databases: [DatabaseDefinition]
    /// How many connections the service has at most.
    package var connections: Int
    /// How long a running step may go on after the service was told to stop; then it is cancelled on the server.
    package var stopGrace: Duration

    package init(databases: [DatabaseDefinition], connections: Int = 8, stopGrace: Duration = .seconds(30)) {
        self.databases = databases
        self.connections = connections
        self.stopGrace = stopGrace
    }

    /// How many runs there are at once: a run has a connection that holds its locks, and one in which
    /// code of owners may run.
    package var runs: Int { max(1, connections / 2) }
}
