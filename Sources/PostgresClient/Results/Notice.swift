import SQLText

/// A message of the server that is no error.
package struct Notice: Sendable, Hashable {
    /// `NOTICE`, `WARNING`, `INFO`, `LOG` or `DEBUG`; never translated.
    package let severity: String
    package let sqlState: SQLState?
    package let message: String
    package let detail: String?
    package let hint: String?
    package let context: String?
}
