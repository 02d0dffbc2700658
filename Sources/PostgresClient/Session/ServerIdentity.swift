/// Which server, database and role a connection has reached; it stays as it was when the connection was opened.
package struct ServerIdentity: Sendable, Hashable {
    package let version: ServerVersion
    /// As it was announced; behind a connection pooler no backend has that number.
    package let backendPID: Int32
    /// The host name, the address, or the folder of the Unix socket.
    package let host: String
    package let port: Int
    /// The numeric address; empty for a Unix socket.
    package let address: String
    package let database: String
    package let user: String
}
