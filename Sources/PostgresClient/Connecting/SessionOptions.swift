/// What a session is opened with, beside where it connects to.
package struct SessionOptions: Sendable {
    /// Shown by `pg_stat_activity` unless the conninfo or `PGAPPNAME` names another.
    package var applicationName: String
    /// Each address is given up after this, unless the conninfo, its service or `PGCONNECT_TIMEOUT` says otherwise.
    package var connectTimeout: Duration
    /// For statements that name no time limit of their own; nil is no limit.
    package var statementTimeout: Duration?
    /// How long the server may take to react to a cancel before the connection is given up as broken.
    package var cancelGrace: Duration
    /// Of several hosts the one that is a primary is taken, and another only where there is none; unless
    /// `target_session_attrs` says otherwise.
    package var prefersPrimary: Bool
    /// A connection pooler before the server is accepted if it gives each session a backend of its own, which is found
    /// out under load (`PoolerCheck`). Otherwise every pooler is refused.
    package var acceptsSessionPooler: Bool
    /// Called on the connection's own queue: it must not block, and must not wait for the same connection.
    package var onNotice: (@Sendable (Notice) -> Void)?

    /// Finds the addresses of host names.
    package var resolver = NameResolver.system

    package init(
        applicationName: String = "pgtend", connectTimeout: Duration = .seconds(10), statementTimeout: Duration? = nil,
        cancelGrace: Duration = .seconds(5), prefersPrimary: Bool = false,
        acceptsSessionPooler: Bool = false, onNotice: (@Sendable (Notice) -> Void)? = nil
    ) {
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.cancelGrace = cancelGrace
        self.prefersPrimary = prefersPrimary
        self.acceptsSessionPooler = acceptsSessionPooler
        self.onNotice = onNotice
    }
}
