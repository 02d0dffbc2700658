import Foundation
import Maintenance
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// Refused connections, provoked on a server whose `pg_hba.conf` treats each database in its own way.
@Suite("Connection diagnosis")
struct ConnectionDiagnosisTests {
    /// One way to be refused, and what the finding is about: `role` and `database` stand for names of its own.
    struct Refusal {
        let name: String
        var role = "CREATE ROLE % LOGIN"
        /// How `pg_hba.conf` treats the database; nil has no line for it.
        var method: String? = "trust"
        var database = "CREATE DATABASE % STRATEGY wal_log"
        let object: String
        let sqlState: String
    }

    /// Those that statements and lines can cure.
    static let refusals = [
        Refusal(name: "no line in pg_hba.conf", method: nil, object: "pg_hba.conf", sqlState: "28000"),
        Refusal(name: "a line that rejects", method: "reject", object: "pg_hba.conf", sqlState: "28000"),
        Refusal(name: "peer with another name", method: "peer", object: "pg_ident.conf", sqlState: "28000"),
        Refusal(name: "no role", role: "SELECT 1", object: "role", sqlState: "28000"),
        Refusal(name: "no login", role: "CREATE ROLE %", object: "role", sqlState: "28000"),
        Refusal(name: "no database", database: "SELECT 1", object: "database", sqlState: "3D000"),
        Refusal(
            name: "no CONNECT",
            database: "CREATE DATABASE % STRATEGY wal_log; REVOKE CONNECT ON DATABASE % FROM PUBLIC",
            object: "database", sqlState: "42501"),
        Refusal(
            name: "a role without connections", role: "CREATE ROLE % LOGIN CONNECTION LIMIT 0", object: "role",
            sqlState: "53300"),
        Refusal(
            name: "a database without connections", database: "CREATE DATABASE % CONNECTION LIMIT 0",
            object: "database", sqlState: "53300"),
        Refusal(
            name: "a closed database", database: "CREATE DATABASE % ALLOW_CONNECTIONS false", object: "database",
            sqlState: "55000"),
    ]

    @Test(arguments: PostgresVersion.underTest)
    func eachRefusalIsNamedAndCuredByWhatIsPrinted(version: PostgresVersion) async throws {
        func names(_ index: Int) -> (role: String, database: String) { ("vis'itor \(index)", "da\"ta \(index)") }
        let lines = Self.refusals.enumerated().compactMap { index, refusal in
            refusal.method.map { "local \(quoted(names(index).database)) all \($0)" }
        }
        let cluster = try await Cluster.private(version, hba: ["local all postgres trust"] + lines)
        for (index, refusal) in Self.refusals.enumerated() {
            let (role, database) = names(index)
            try await cluster.psql(refusal.role.replacing("%", with: quoted(role)))
            try await cluster.psql(refusal.database.replacing("%", with: quoted(database)))
            let check = PrivilegeCheck(
                definition: DatabaseDefinition(
                    name: "x", conninfo: cluster.conninfo(database: database, user: role)),
                applicationName: "test")
            let findings = try await check.findings()
            #expect(findings.count == 1, "\(refusal.name)")
            let finding = try #require(findings.first)
            #expect(finding.severity == .missing, "\(refusal.name)")
            let objects = ["role": "role \(role)", "database": "database \(database)"]
            #expect(finding.object == objects[refusal.object] ?? refusal.object, "\(refusal.name)")
            #expect(finding.found.contains("SQLSTATE \(refusal.sqlState)"), "\(refusal.name): \(finding.found)")
            try await apply(finding.cures, to: cluster)
            // The postmaster reads its files in its own time after the signal.
            var cured = try await check.findings()
            for _ in 0..<500 where cured.first?.severity == .missing { cured = try await check.findings() }
            #expect(!cured.contains { $0.severity == .missing }, "\(refusal.name): \(cured)")
        }
        try await cluster.destroy()
    }

    @Test func aMissingOrWrongPasswordAsksForALineOfThePasswordFile() async throws {
        let cluster = try await Cluster.private(
            .v15, hba: ["local all postgres trust", "local all all scram-sha-256"])
        try await cluster.psql("CREATE ROLE \"vis:itor\" LOGIN PASSWORD 'right'")
        func findings(_ password: [String: String]) async throws -> [PrivilegeFinding] {
            let conninfo = cluster.conninfo(
                database: "template1", user: "vis:itor",
                password.merging(["passfile": "/nonexistent"]) { first, _ in first })
            return try await PrivilegeCheck(
                definition: DatabaseDefinition(name: "x", conninfo: conninfo), applicationName: "test"
            ).findings()
        }
        for password in [[:], ["password": "wrong"]] {
            let found = try await findings(password)
            #expect(found.map(\.object) == ["role vis:itor"])
            let cures = found.flatMap(\.cures).map(\.description).joined()
            #expect(cures.contains(#"\#(cluster.folder):5432:template1:vis\:itor:PASSWORD"#))
            #expect(cures.contains("LoadCredential"))
        }
        let right = try await findings(["password": "right"])
        #expect(right.allSatisfy { $0.severity == .advice })
        try await cluster.destroy()
    }

    @Test func aServerThatDoesNotAnswerIsAFindingToo() async throws {
        let definition = DatabaseDefinition(name: "x", conninfo: "host=/nonexistent dbname=x user=y port=5433")
        let findings = try await PrivilegeCheck(definition: definition, applicationName: "test").findings()
        #expect(findings.map(\.object) == ["server"])
        #expect(findings[0].expected == "it answers at host=/nonexistent, port 5433")
        #expect(findings[0].found.contains("No such file or directory"))
    }

    @Test func aConninfoThatLibpqRefusesIsAnError() async {
        let check = PrivilegeCheck(
            definition: DatabaseDefinition(name: "x", conninfo: "hots=/tmp"), applicationName: "test")
        await #expect(throws: ServerFailure.self) { try await check.findings() }
    }

    // MARK: - Tools

    /// Does what a person would: lines at the top of their files, statements as a superuser.
    private func apply(_ cures: [PrivilegeCure], to cluster: Cluster) async throws {
        for cure in cures {
            switch cure {
            case .sql(let statement): try await cluster.psql(statement)
            case .line(let file, let text):
                let path = "\(cluster.folder)/data/\(file)"
                let old = try String(contentsOfFile: path, encoding: .utf8)
                try (text + "\n" + old).write(toFile: path, atomically: false, encoding: .utf8)
            case .advice: break
            }
        }
    }
}
