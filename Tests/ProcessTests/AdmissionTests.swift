import Foundation
import TestSupport
import Testing

/// A server that is there and does not let us in, or not that far.
@Suite("Admission")
struct AdmissionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let parameters: [String: String]
        let exit: Int32
        let words: [String]
    }

    static let cases = [
        Case(
            testDescription: "wrong password", parameters: ["user": "guarded", "password": "hunter2secret"], exit: 77,
            words: ["guarded", "SQLSTATE 28P01"]),
        Case(testDescription: "no password", parameters: ["user": "guarded"], exit: 77, words: ["password"]),
        Case(
            testDescription: "missing role", parameters: ["user": "nobody at all"], exit: 77,
            words: ["nobody at all", "SQLSTATE 28"]),
        Case(
            testDescription: "role that may not log in", parameters: ["user": "retired"], exit: 77,
            words: ["retired", "SQLSTATE 28000"]),
        Case(
            testDescription: "rejected by pg_hba.conf", parameters: ["user": "banned"], exit: 77,
            words: ["banned", "SQLSTATE 28000"]),
        Case(
            testDescription: "missing database", parameters: ["dbname": "not there"], exit: 69,
            words: ["not there", "SQLSTATE 3D000"]),
        Case(
            testDescription: "database that the role may not connect to",
            parameters: ["dbname": "closed", "user": "ordinary"], exit: 77, words: ["closed", "SQLSTATE 42501"]),
    ]

    @Test(arguments: PostgresVersion.underTest)
    func saysWhoWasRefusedWhatAndWhy(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(
            version,
            hba: [
                "local all postgres,retired,ordinary trust", "local all guarded scram-sha-256",
                "local all banned reject",
                "local all all trust",
            ])
        try await cluster.psql(
            """
            CREATE ROLE guarded LOGIN PASSWORD 'right';
            CREATE ROLE banned LOGIN; CREATE ROLE ordinary LOGIN; CREATE ROLE retired NOLOGIN;
            """)
        try await cluster.psql("CREATE DATABASE closed")
        try await cluster.psql("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
        for expected in Self.cases {
            for command in ["run", "plan"] {
                let result = try await Pgtend.run(
                    [command, "--database", cluster.conninfo(expected.parameters)],
                    environment: ["PGPASSFILE": "/nowhere"])
                let what = "\(expected.testDescription), \(command): \(result)"
                #expect(result.ending == .exited(expected.exit), "\(what)")
                for words in expected.words { #expect(result.standardError.contains(words), "\(what)") }
                #expect(!result.everything.contains("hunter2secret"), "\(what)")
            }
        }
        // A password file of systemd's is not read again before a restart.
        let credentials = "/run/credentials/pgtend.service"
        let result = try await Pgtend.run(
            ["run", "--database", cluster.conninfo(["user": "guarded", "password": "wrong"])],
            environment: ["CREDENTIALS_DIRECTORY": credentials, "PGPASSFILE": credentials + "/pgpass"])
        #expect(result.standardError.contains("systemctl restart pgtend.service"), "\(result)")
        try await cluster.destroy()
    }

    /// A server that is in recovery takes no changes, and no plan is made for it that could not be carried out.
    @Test(arguments: PostgresVersion.underTest)
    func saysThatAStandbyTakesNoChanges(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(version)
        try await cluster.stop(.fast)
        try "".write(toFile: cluster.folder + "/data/standby.signal", atomically: false, encoding: .utf8)
        try await cluster.start()
        for command in ["run", "plan"] {
            let result = try await Pgtend.run([command, "--database", cluster.conninfo()])
            #expect(result.ending == .exited(69), "\(result)")
            #expect(result.standardError.contains("standby") && result.standardError.contains("25006"), "\(result)")
            #expect(result.standardError.contains("target_session_attrs=read-write"), "\(result)")
        }
        // How it stands can be asked there all the same.
        let status = try await Pgtend.run(["status", "--database", cluster.conninfo()])
        #expect(status.ending == .exited(0), "\(status)")
        #expect(status.standardOutput.contains("the server is a standby"), "\(status)")
        try await cluster.destroy()
    }
}
