import Glibc

/// A private cluster that also listens on 127.0.0.1, with TLS and a password for the role `remote`.
package struct TLSCluster: Sendable {
    package let cluster: Cluster
    /// The certificate that the server shows, for `localhost`: it is its own authority.
    package let authority: String
    /// The certificate of an authority that has signed nothing here.
    package let stranger: String
    private let port: Int
    private let password: String

    package static func start(_ version: PostgresVersion = .v15) async throws -> TLSCluster {
        let port = try freePort()
        let cluster = try await Cluster.private(
            version, configuration: ["listen_addresses": "127.0.0.1", "port": "\(port)"])
        let data = cluster.folder + "/data/"
        for name in ["server", "stranger"] {
            let request = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                "-keyout", data + name + ".key", "-out", data + name + ".crt",
            ]
            let result = try await Program.run("/usr/bin/openssl", request)
            guard result.succeeded else { throw TestFailure("openssl: \(result.standardError)") }
        }
        // The server insists on its key being its own, and on nobody else reading it.
        var owner = stat()
        guard stat(data, &owner) == 0, chown(data + "server.key", owner.st_uid, owner.st_gid) == 0,
            chmod(data + "server.key", 0o600) == 0, chmod(data + "server.crt", 0o644) == 0
        else { throw TestFailure("\(data)server.key: \(String(cString: strerror(errno)))") }

        var random = SystemRandomNumberGenerator()
        let password = String(random.next(), radix: 36)
        try await cluster.psql("CREATE ROLE remote LOGIN PASSWORD '\(password)'")
        try await cluster.psql("ALTER SYSTEM SET ssl = on")
        try await cluster.restart(.fast)
        return TLSCluster(
            cluster: cluster, authority: data + "server.crt", stranger: data + "stranger.crt", port: port,
            password: password)
    }

    /// A connection string over TCP, with `sslmode=verify-full` and the right authority, unless `parameters` differ.
    package func conninfo(_ parameters: [String: String] = [:]) -> String {
        let defaults = [
            "host": "localhost", "hostaddr": "127.0.0.1", "port": "\(port)", "password": password,
            "sslmode": "verify-full", "sslrootcert": authority,
        ]
        return cluster.conninfo(user: "remote", defaults.merging(parameters) { $1 })
    }

    /// A port that nothing listens on at the moment; the next one to ask may get it as well, so use it at once.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | getsockname(descriptor, $0, &length)
            }
        }
        guard code == 0 else { throw TestFailure("no free port: \(String(cString: strerror(errno)))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
