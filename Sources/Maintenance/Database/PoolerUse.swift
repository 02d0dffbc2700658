/// What to do with a connection pooler that stands before the server.
package enum PoolerUse: String, CaseIterable, Hashable, Sendable {
    case refuse
    /// Accepted where a check under load agrees that each session has a backend of its own.
    case session
}
