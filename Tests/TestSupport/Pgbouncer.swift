import Foundation

/// A pgbouncer before a cluster, on a Unix socket in a folder of its own, for the role `postgres` alone.
package final class Pgbouncer: Sendable {
    package enum PoolMode: String, CaseIterable, Sendable {
        case session, transaction, statement
    }

    /// Of its socket, to be given as `host`.
    package let folder: String
    private let cluster: Cluster
    private let keeper: Program

    /// Runs `body` with a pgbouncer that ends when `body` does, or with this process in whatever way.
    ///
    /// - Parameter settings: further ones of its section `pgbouncer`.
    package static func with<Value>(
        before cluster: Cluster, _ mode: PoolMode, _ settings: [String: String] = [:],
        isolation: isolated (any Actor)? = #isolation, _ body: (Pgbouncer) async throws -> Value
    ) async throws -> Value {
        let pooler = try await Pgbouncer(cluster, mode, settings)
        let result: Result<Value, any Error>
        do { result = .success(try await body(pooler)) } catch { result = .failure(error) }
        try await pooler.stop()
        try FileManager.default.removeItem(atPath: pooler.folder)
        return try result.get()
    }

    private init(_ cluster: Cluster, _ mode: PoolMode, _ settings: [String: String]) async throws {
        self.cluster = cluster
        folder = try await Self.prepare(cluster, mode, settings, from: try await Self.program())
        var owner = stat()
        guard stat(cluster.folder, &owner) == 0 else { throw TestFailure("\(cluster.folder) has gone") }
        // It refuses to run as root; the cluster's owner can get to both sockets.
        let drop = ["--reuid=\(owner.st_uid)", "--regid=\(owner.st_gid)", "--clear-groups"]
        // `cat` ends when this process does, since its input is a pipe from here; pgbouncer ends with `cat`.
        let script = "cd \"$0\"; ./pgbouncer pgbouncer.ini & cat; kill $!; wait $!"
        keeper = try Program.start(
            "/usr/bin/setpriv", (geteuid() == 0 ? drop : []) + ["sh", "-c", script, folder],
            environment: ["LD_LIBRARY_PATH": folder], input: .open)
        try await keeper.standardError(contains: "process up")
    }

    /// The folder with the program; fetches it where the machine has none.
    private static func program() async throws -> String {
        let script = URL(filePath: #filePath).deletingLastPathComponent().path + "/../Harness/pgbouncer.sh"
        let result = try await Program.run("/bin/bash", [script])
        guard result.succeeded else { throw TestFailure(result.standardError) }
        return result.standardOutput.trimmingCharacters(in: .newlines)
    }

    /// A folder for the cluster's owner, who may not be able to enter a checkout: with a copy of the program.
    private static func prepare(
        _ cluster: Cluster, _ mode: PoolMode, _ settings: [String: String], from program: String
    ) async throws -> String {
        let files = FileManager.default
        var owner = stat()
        // Not below TMPDIR: a socket's path has at most 107 bytes.
        let folder = "/tmp/pgtend-\(UUID().uuidString)"
        try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for name in try files.contentsOfDirectory(atPath: program)
        where name == "pgbouncer" || program != "/usr/sbin" && name.hasPrefix("lib") {
            // Not by this process: a program that another thread forks meanwhile would inherit the descriptor that is
            // written to, and as long as it is open the file cannot be executed.
            let copy = try await Program.run("/bin/cp", ["\(program)/\(name)", "\(folder)/\(name)"])
            guard copy.succeeded else { throw TestFailure(copy.standardError) }
        }
        let lines =
            [
                "[databases]", "* = host=\(cluster.folder) port=\(cluster.port)", "[pgbouncer]",
                "pool_mode = \(mode)", "unix_socket_dir = \(folder)", "listen_port = \(cluster.port)",
                "auth_type = trust", "auth_file = \(folder)/users", "admin_users = postgres",
            ] + settings.map { "\($0.key) = \($0.value)" }
        for (name, text) in [
            ("pgbouncer.ini", lines.joined(separator: "\n") + "\n"), ("users", "\"postgres\" \"\"\n"),
        ] {
            try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        }
        guard stat(cluster.folder, &owner) == 0, chown(folder, owner.st_uid, owner.st_gid) == 0 else {
            throw TestFailure("\(folder): \(String(cString: strerror(errno)))")
        }
        return folder
    }

    /// What it answers as its own administrator, to one of the commands of its console.
    @discardableResult
    package func console(_ command: String) async throws -> String {
        try await psql(command, database: "pgbouncer")
    }

    /// What psql answers through it.
    @discardableResult
    package func psql(_ sql: String, database: String) async throws -> String {
        let arguments = [
            "--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1",
            "--dbname=" + cluster.conninfo(database: database, ["host": folder]), "--command=" + sql,
        ]
        let result = try await Program.run(cluster.folder + "/bin/psql", arguments)
        guard result.succeeded else { throw TestFailure("psql: \(result.ending)\n\(result.standardError)\n\(sql)") }
        return result.standardOutput.trimmingCharacters(in: .newlines)
    }

    /// Ends it; whoever is connected is cut off. Harmless when repeated.
    package func stop() async throws {
        keeper.closeInput()
        _ = try await keeper.result(within: .seconds(20))
    }

    /// Ends it, and puts the server's own socket in the place of its own: the same conninfo reaches the server itself.
    package func giveWay() async throws {
        try await stop()
        let socket = "/.s.PGSQL.\(cluster.port)"
        try FileManager.default.createSymbolicLink(
            atPath: folder + socket, withDestinationPath: cluster.folder + socket)
    }
}
