import Foundation
import Glibc
import TestSupport
import Testing

@testable import PostgresClient

/// Over TCP with TLS and SCRAM. Only Debian's PostgreSQL 15 is built with OpenSSL.
@Suite("Authentication and TLS", .timeLimit(.minutes(1)))
struct AuthenticationTests {
    @Test func passwordsCertificatesAndHostNamesAreCheckedAsLibpqDoes() async throws {
        let (placeholder, port) = try listenOnLocalhost(backlog: 1)
        close(placeholder)
        let cluster = try await Cluster.private(
            .v15, configuration: ["listen_addresses": "127.0.0.1", "port": "\(port)"],
            hba: [
                "local all all trust", "hostssl all app 127.0.0.1/32 scram-sha-256",
                "hostnossl all plain 127.0.0.1/32 scram-sha-256",
            ])
        let certificates = try await Certificates(in: cluster.folder, for: "db.example")
        let local = try ConnectionInfo(parsing: cluster.conninfo(["port": "\(port)"]))
        let administrator = try await Connection.open(local)
        try await administrator.execute("ALTER SYSTEM SET ssl = on")
        try await administrator.script(
            unsafe: "CREATE ROLE app LOGIN PASSWORD 'right'; CREATE ROLE plain LOGIN PASSWORD 'right'")
        try await cluster.restart(.fast)

        var options = SessionOptions()
        options.resolver = NameResolver { _ in .success(["127.0.0.1"]) }
        let resolving = options
        let verified = local.setting("host", to: "db.example").setting("user", to: "app")
            .setting("sslmode", to: "verify-full").setting("sslrootcert", to: certificates.authority)
            .setting("password", to: "right").setting("passfile", to: "/dev/null")
        func failure(_ info: ConnectionInfo) async throws -> PostgresError {
            try await #require(throws: PostgresError.self) { try await Connection.open(info, options: resolving) }
        }

        let connection = try await Connection.open(verified, options: resolving)
        let isEncrypted: Bool = try await connection.row(
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).decode("ssl")
        #expect(isEncrypted)
        #expect(TLSLayer.sslPending != nil)
        // Through records of every size, in both directions, and with a cancel in between.
        for size in [1, 8_191, 8_192, 16_383, 16_384, 16_385, 3_000_000] {
            let text = String(repeating: "x", count: size)
            #expect(try await connection.row("SELECT \(text) AS t").decode("t") == text)
        }
        let cancelled = try await #require(throws: PostgresError.self) {
            try await connection.execute("SELECT pg_sleep(60)", timeout: .milliseconds(50))
        }
        #expect(cancelled.kind == .timedOut)
        try await connection.execute("SELECT 1")
        await connection.close()

        let wrongAuthority = try await failure(verified.setting("sslrootcert", to: certificates.stranger))
        #expect(wrongAuthority.kind == .connection)
        #expect(wrongAuthority.message.contains("certificate verify failed"), "\(wrongAuthority)")

        let wrongName = try await failure(verified.setting("host", to: "other.example"))
        #expect(wrongName.kind == .connection)
        #expect(
            wrongName.message.contains(
                "server certificate for \"db.example\" does not match host name \"other.example\""), "\(wrongName)")

        let wrongPassword = try await failure(verified.setting("password", to: "wr0ng"))
        #expect(wrongPassword.kind == .authentication)
        #expect(wrongPassword.sqlState == .invalidPassword)
        #expect(wrongPassword.message.hasSuffix("password authentication failed for user \"app\""), "\(wrongPassword)")
        #expect(wrongPassword.message.contains("\"db.example\" (127.0.0.1), port \(port)"))
        #expect(!wrongPassword.description.contains("wr0ng"))

        let noPassword = try await failure(verified.setting("password", to: ""))
        #expect(noPassword.kind == .authentication)
        #expect(noPassword.message.contains("no password supplied"))
        #expect(noPassword.hint?.contains("PGPASSFILE") == true)

        let noEncryption = try await failure(verified.setting("sslmode", to: "disable"))
        #expect(noEncryption.kind == .authentication)
        #expect(noEncryption.sqlState == .invalidAuthorization)
        #expect(noEncryption.message.contains("no pg_hba.conf entry for host \"127.0.0.1\", user \"app\""))

        // libpq tries with TLS first, and then on another socket without.
        let plain = verified.setting("user", to: "plain").setting("sslmode", to: "prefer")
        let unencrypted = try await Connection.open(plain, options: resolving)
        #expect(unencrypted.server.user == "plain")

        let passfile = cluster.folder + "/pgpass"
        try "db.example:\(port):*:app:right\n".write(toFile: passfile, atomically: false, encoding: .utf8)
        chmod(passfile, 0o600)
        let fromFile = try await Connection.open(
            verified.setting("password", to: "").setting("passfile", to: passfile), options: resolving)
        #expect(fromFile.server.user == "app")
        try await cluster.destroy()
    }
}

/// A certificate for a host name, its authority, and a stranger's authority, made by openssl.
private struct Certificates {
    let authority: String
    let stranger: String

    /// Leaves `server.crt` and `server.key` in the data folder, where the server looks for them.
    init(in folder: String, for host: String) async throws {
        let data = folder + "/data"
        authority = data + "/authority.crt"
        stranger = data + "/stranger.crt"
        let make = """
            set -e
            cd "$1"
            for name in authority stranger; do
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$name" -keyout $name.key -out $name.crt
            done
            openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" -addext "subjectAltName=DNS:$2" \\
                -keyout server.key -out server.csr
            openssl x509 -req -in server.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 2 \\
                -copy_extensions copy -out server.crt
            chown --reference=. server.key server.crt
            chmod 600 server.key
            """
        let result = try await Program.run("/bin/sh", ["-c", make, "sh", data, host])
        guard result.succeeded else { throw TestFailure("openssl: \(result.standardError)") }
    }
}
