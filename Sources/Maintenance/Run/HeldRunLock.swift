import CivilTime

/// Another run works on the same kind of task in the same database.
package struct HeldRunLock: Hashable, Sendable {
    package var task: TaskKind
    package var pid: Int32
    package var application: String
    package var user: String
    /// Where it runs: a host address, or `local socket`.
    package var client: String
    package var since: Instant

    package init(task: TaskKind, pid: Int32, application: String, user: String, client: String, since: Instant) {
        self.task = task
        self.pid = pid
        self.application = application
        self.user = user
        self.client = client
        self.since = since
    }
}
