/// Which server, database and role a connection has reached, as of when it was opened.
package struct ServerIdentity: Sendable, Hashable {
    package let version: ServerVersion
    /// As announced when connecting; behind a connection pooler, no backend has this process ID.
    package let backendPID: Int32
    /// The host name, the address, or the folder of the Unix socket.
    package let host: String
    package let port: Int
    /// The numeric address; empty for a Unix socket.
    package let address: String
    package let database: String
    package let user: String
    /// The encoding of the database, as the server names it.
    package let encoding: String
}

/// A version as `server_version_num` has it: 150018 is 15.18.
package struct ServerVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let number: Int

    package init(number: Int) {
        self.number = number
    }

    package var major: Int { number / 10_000 }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    package var description: String { "\(major).\(number % 10_000)" }
}
