import Foundation
import TestSupport
import Testing

/// The program where it may not have what it needs of the kernel.
@Suite("Limits of the process", .serialized)
struct LimitTests {
    /// Who connects is said, since not every user of the kernel here has a name.
    private static let serve = [
        "serve", "--database", "host=/nonexistent dbname=shop user=pgtend", "--log-format", "json",
    ]

    /// With three the loader itself finds no libraries.
    @Test(arguments: 4...24)
    func theServiceObeysOrSaysThatItHasTooFewFiles(limit: Int) async throws {
        let service = try start(Self.serve, "ulimit -n \(limit)")
        try await expect(service, "RLIMIT_NOFILE", "LimitNOFILE=")
    }

    @Test(arguments: [5, 6, 8, 10])
    func aRunByHandEndsOrSaysThatItHasTooFewFiles(limit: Int) async throws {
        let run = try start(["run", "--database", "host=/nonexistent dbname=shop"], "ulimit -n \(limit)")
        let result = try await run.result(within: .seconds(20))
        #expect(result.ending == .exited(71), "\(result)")
        #expect(result.standardError.contains("RLIMIT_NOFILE"), "\(result)")
    }

    /// The limit does not bind root.
    @Test(
        .enabled(if: geteuid() == 0, "needs a user of its own, who has no other threads"), arguments: [1, 2, 5, 9, 100])
    func theServiceObeysOrSaysThatItHasTooFewThreads(limit: Int) async throws {
        let program = try Program.start(
            "/usr/bin/setpriv",
            [
                "--reuid=64017", "--regid=64017", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all",
                "prlimit", "--nproc=\(limit)", Program.pgtend,
            ] + Self.serve)
        try await expect(program, "RLIMIT_NPROC", "TasksMax=")
    }

    /// What is needed later is a failure of that connection, with the limit's name, and is over with its cause.
    @Test func aConnectionThatFindsNoFileIsAFailureOfItsDatabase() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "shop"))
            let service = try ServeProcess(database.conninfo(), every: "1s")
            try await service.waitForEachKind()
            let process = service.program.processIdentifier
            func limit(to files: Int) async throws {
                let set = try await Program.run("/usr/bin/prlimit", ["--pid=\(process)", "--nofile=\(files):1024"])
                #expect(set.succeeded, "\(set)")
            }
            // What the loop has open stays open; no number below is free.
            try await limit(to: 6)
            try await service.wait(for: "database_unavailable")
            let said = service.program.standardErrorSoFar.split(separator: "\n").last {
                $0.contains("database_unavailable")
            }
            #expect(
                said?.contains("RLIMIT_NOFILE") == true && said?.contains("\"connection\"") == true, "\(said ?? "")")
            try await limit(to: 1_024)
            try await service.wait(for: "database_available")
            try await limit(to: 6)
            try await service.stop(within: .seconds(20))
        }
    }

    private func start(_ arguments: [String], _ limit: String) throws -> Program {
        try Program.start("/bin/sh", ["-c", #"\#(limit) && exec "$0" "$@""#, Program.pgtend] + arguments)
    }

    private func expect(_ service: Program, _ names: String...) async throws {
        // Whichever comes first; what has started obeys.
        let started = (try? await service.standardError(contains: "\"service_started\"", within: .seconds(20))) != nil
        service.send(SIGTERM)
        let result = try await service.result(within: .seconds(20))
        if started {
            #expect(result.ending == .exited(0), "\(result)")
        } else {
            #expect(result.ending == .exited(71), "\(result)")
            for name in names { #expect(result.standardError.contains(name), "\(result)") }
        }
    }
}
