/// Options of a session, other than where it connects to.
package struct SessionOptions: Sendable {
    /// Shown by `pg_stat_activity` unless the conninfo or `PGAPPNAME` names another.
    package var applicationName: String
    /// The time limit for each address, unless the conninfo, its service or `PGCONNECT_TIMEOUT` sets another.
    package var connectTimeout: Duration
    /// For statements that are given no time limit of their own; nil means no limit.
    package var statementTimeout: Duration?
    /// How long the server may take to react to a cancel request; then the connection is closed, as broken.
    package var cancelGrace: Duration
    /// Of several hosts, take a primary, and another one only if none is a primary; `target_session_attrs` of the
    /// conninfo takes precedence.
    package var prefersPrimary: Bool
    /// If true, a connection pooler is accepted when it gives each session a backend of its own (`PoolerCheck`).
    /// Otherwise every pooler is refused.
    package var acceptsSessionPooler: Bool
    /// Called on the connection's own queue: it must not block, and must not wait for the same connection.
    package var onNotice: (@Sendable (Notice) -> Void)?

    /// Whether names that are no UTF-8 come as they are, from a database of the encoding SQL_ASCII: for whoever asks each row
    /// for them (``Row/undecodable``). Otherwise the server refuses a result that has one.
    package var takesAnyBytes = true

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
