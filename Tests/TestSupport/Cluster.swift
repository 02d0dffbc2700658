import Foundation

/// A private PostgreSQL server on a Unix socket, started by `Tests/Harness/cluster.sh`, which also stops it and removes
/// its folder: when this object goes, when the test process goes (however it ends), or with `make test`.
package final class Cluster: Sendable {
    package let version: PostgresVersion
    /// The folder of the socket; `bin`, `data` and `log` are in it. Its owner is the user that the server runs as.
    package let folder: String
    package let port: String
    /// `nil` for a cluster of `make test`, which outlives the tests.
    private let keeper: Program?
    private let templates = Templates()
    private let keptSessions = KeptSessions()

    private static let shared = SharedClusters()

    private init(version: PostgresVersion, folder: String, port: String = "5432", keeper: Program?) {
        self.version = version
        self.folder = folder
        self.port = port
        self.keeper = keeper
    }

    deinit {
        keeper?.closeInput()
    }

    /// The cluster that all suites use: that of `make test`, else one that is started on the first call. Never stop,
    /// restart or reconfigure it; roles are common to all its databases, so give them unique names.
    package static func shared(_ version: PostgresVersion = .v18) async throws -> Cluster {
        try await shared.cluster(version)
    }

    /// A cluster of the caller's own, to stop, kill and configure. `configuration` are settings of postgresql.conf;
    /// `hba` replaces the lines of pg_hba.conf, which otherwise trust the socket and ask for SCRAM over TCP.
    package static func `private`(
        _ version: PostgresVersion = .v18, configuration: [String: String] = [:], hba: [String]? = nil
    ) async throws -> Cluster {
        let cluster = try await start(version, configuration)
        if let hba {
            try hba.joined(separator: "\n").appending("\n").write(
                toFile: cluster.folder + "/data/pg_hba.conf", atomically: false, encoding: .utf8)
            try await cluster.reload()
        }
        return cluster
    }

    /// A streaming standby of a private cluster, read-only until `promote()`. `name` is what
    /// `synchronous_standby_names` of the primary knows it by.
    package static func standby(of primary: Cluster, name: String = "standby") async throws -> Cluster {
        // Promoted, it waits for no standby of its own.
        try await start(
            primary.version, ["cluster_name": name, "synchronous_standby_names": ""], primary: primary.folder)
    }

    /// Starts a cluster, or finds the one of `make test`.
    fileprivate static func find(_ version: PostgresVersion) async throws -> Cluster {
        if let folder = ProcessInfo.processInfo.environment["PGTEND_TEST_\(version.rawValue)"] {
            return Cluster(version: version, folder: folder, keeper: nil)
        }
        return try await start(version, [:])
    }

    private static func start(
        _ version: PostgresVersion, _ configuration: [String: String], primary: String? = nil
    ) async throws -> Cluster {
        let script = URL(filePath: #filePath).deletingLastPathComponent().path + "/../Harness/cluster.sh"
        let settings = configuration.map { "\($0.key)=\($0.value)" }
        // `cat` ends when this process does, since its input is a pipe from here; the cluster ends with `cat`.
        let command = ["--", "sh", "-c", "echo \"$PGTEND_TEST_\(version.rawValue)\" && exec cat"]
        var own = ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("PGTEND_POSTGRES_") }
        own["PGTEND_TEST_PRIMARY"] = primary
        let keeper = try Program.start(
            "/bin/bash", [script, "\(version.rawValue)"] + settings + command, environment: own, input: .open)
        let folder = try await keeper.firstLine(within: .seconds(180))
        return Cluster(version: version, folder: folder, port: configuration["port"] ?? "5432", keeper: keeper)
    }

    /// Stops the server and removes everything of it. Without this call the end of the object does the same, unawaited.
    package func destroy() async throws {
        guard let keeper else { throw TestFailure("the shared cluster of \(version) is not a test's to destroy") }
        keeper.closeInput()
        _ = try await keeper.result()
    }

    // MARK: Connecting

    /// A connection string for libpq; `parameters` are added to it, or take the place of the host.
    package func conninfo(
        database: String = "postgres", user: String = "postgres", _ parameters: [String: String] = [:]
    ) -> String {
        let keywords = ["host": folder, "port": port, "dbname": database, "user": user].merging(parameters) { $1 }
        return keywords.sorted { $0.key < $1.key }.map { keyword, value in
            "\(keyword)='\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
        }.joined(separator: " ")
    }

    /// What PostgreSQL's own psql answers: a truth that owes nothing to our client. Rows are lines, columns are parted
    /// by `|`. Every error is thrown, with its SQLSTATE.
    @discardableResult
    package func psql(_ sql: String, database: String = "postgres", user: String = "postgres") async throws -> String {
        let arguments = [
            "--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=verbose",
            "--dbname=" + conninfo(database: database, user: user), "--file=-",
        ]
        let result = try await Program.run(folder + "/bin/psql", arguments, input: .text(sql))
        guard result.succeeded else { throw TestFailure("psql: \(result.ending)\n\(result.standardError)\n\(sql)") }
        return result.standardOutput.trimmingCharacters(in: .newlines)
    }

    /// One statement of a superuser's, whose answer nobody asks for.
    func execute(_ sql: String) async throws {
        // A test may stop any other cluster, and the kept sessions with it.
        if keeper == nil {
            try await keptSessions.execute(sql, conninfo: conninfo())
        } else {
            try await psql(sql)
        }
    }

    // MARK: Faults, for a private cluster

    package enum Shutdown: String, Sendable {
        case smart, fast, immediate
    }

    package func stop(_ shutdown: Shutdown = .immediate) async throws {
        try await control("stop", "-m", shutdown.rawValue)
    }

    package func start() async throws {
        try await control("start", "-l", folder + "/log")
    }

    /// After a kill: as long as a process of the old server is there, it holds the shared memory, and a start is refused.
    package func startAgain() async throws {
        for _ in 0..<100 {
            do { return try await start() } catch { try await Task.sleep(for: .milliseconds(100)) }
        }
        try await start()
    }

    package func restart(_ shutdown: Shutdown = .immediate) async throws {
        try await control("restart", "-m", shutdown.rawValue, "-l", folder + "/log")
    }

    /// Makes a primary of a standby; returns when it takes changes.
    package func promote() async throws {
        try await control("promote")
    }

    /// Returns when the server has been told; a session may still see the old settings for a moment.
    package func reload() async throws {
        try await control("reload")
    }

    /// SIGKILL to the postmaster alone: its backends notice by themselves, within their next wait.
    package func killPostmaster() throws {
        kill(try postmaster, SIGKILL)
    }

    /// The whole machine is gone: the postmaster and all that it has started, before any of them can react.
    package func killEverything() throws {
        let postmaster = try postmaster
        kill(postmaster, SIGSTOP)
        let children = try String(contentsOfFile: "/proc/\(postmaster)/task/\(postmaster)/children", encoding: .utf8)
        for child in children.split(separator: " ").compactMap({ pid_t($0) }) { kill(child, SIGKILL) }
        kill(postmaster, SIGKILL)
    }

    package var postmaster: pid_t {
        get throws {
            let file = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
            guard let pid = pid_t(file.prefix(while: \.isNumber)) else { throw TestFailure("no pid in \(file)") }
            return pid
        }
    }

    /// What the server has logged so far.
    package var log: String {
        get throws { try String(contentsOfFile: folder + "/log", encoding: .utf8) }
    }

    /// Runs pg_ctl as the owner of the folder, which it insists upon.
    private func control(_ arguments: String...) async throws {
        guard keeper != nil else { throw TestFailure("the shared cluster of \(version) is not a test's to control") }
        var owner = stat()
        guard stat(folder, &owner) == 0 else { throw TestFailure("\(folder) has gone") }
        let drop = ["--reuid=\(owner.st_uid)", "--regid=\(owner.st_gid)", "--clear-groups"]
        // From a folder that the owner can enter, which this process's own may not be.
        let command =
            ["env", "--chdir=/", folder + "/bin/pg_ctl", "--silent", "-w", "-D", folder + "/data"] + arguments
        let result = try await Program.run("/usr/bin/setpriv", (geteuid() == 0 ? drop : []) + command)
        guard result.succeeded else {
            throw TestFailure("pg_ctl \(arguments): \(result.ending)\n\(result.standardError)\n\(try log)")
        }
    }

    // MARK: Templates

    /// The name of a database prepared once for this cluster, by the first test that asks for it.
    func template(_ template: Template) async throws -> String {
        try await templates.name(of: template, on: self)
    }
}

/// One shared cluster a version, started by the first test that wants it while the others wait for that start.
private actor SharedClusters {
    private var starts: [PostgresVersion: Task<Cluster, any Error>] = [:]

    func cluster(_ version: PostgresVersion) async throws -> Cluster {
        if let start = starts[version] { return try await start.value }
        let start = Task { try await Cluster.find(version) }
        starts[version] = start
        return try await start.value
    }
}
