import SQLText

/// What the server says without failing: NOTICE, WARNING, INFO, LOG, DEBUG.
package struct Notice: Sendable, Hashable {
    /// Never translated: `NOTICE`, `WARNING`, `INFO`, `LOG`, `DEBUG`.
    package let severity: String
    package let sqlState: SQLState?
    package let message: String
    package let detail: String?
    package let hint: String?
    package let context: String?
}
