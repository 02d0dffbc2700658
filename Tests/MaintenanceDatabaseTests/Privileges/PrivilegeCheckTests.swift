import Maintenance
import SchemaManagement
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Privilege check")
struct PrivilegeCheckTests {
    @Test(arguments: PostgresVersion.underTest)
    func everyStatementIsNeededAndTogetherTheyAreEnough(version: PostgresVersion) async throws {
        try await PrivilegeFixture.with(version, PrivilegeFixture.everything) { fixture in
            let definition = fixture.definition()
            let findings = try await fixture.missing(definition)
            let objects = Set(findings.map(\.object))
            #expect(objects.isSuperset(of: ["role \(fixture.role)", "schema \(fixture.schema)"]))
            #expect(objects.contains("table \(fixture.name("do cs"))"))
            #expect(objects.contains("table \(fixture.name("fa\"cts"))"))
            #expect(objects.contains("database \(fixture.database.name)"))
            #expect(objects.contains("\(fixture.name("sum mary"))") == (version.rawValue >= 17))
            let kinds = TaskKind.allCases.filter(definition.mayHaveWork)
            try await proveEach(findings, fixture, definition, kinds: Set(kinds))
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func aFunctionThatCountsAsItsOwnerIsCheckedForItsOwner(version: PostgresVersion) async throws {
        try await PrivilegeFixture.with(version, PrivilegeFixture.function) { fixture in
            let definition = fixture.definition(function: true)
            let findings = try await fixture.missing(definition)
            #expect(Set(findings.map(\.object)).contains("function \(fixture.name("up date"))"))
            #expect(findings.contains { $0.statements == ["ALTER ROLE \(quoted(fixture.counter)) BYPASSRLS"] })
            try await proveEach(findings, fixture, definition, kinds: [.statistics])
            #expect(
                try await fixture.database.psql("SELECT sum(documents) FROM \(quoted(fixture.schema)).\"sta ts\"")
                    == "2")
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func partitionsOfAnotherOwnerAreGivenAwayByTheirHeir(version: PostgresVersion) async throws {
        try await PrivilegeFixture.with(version, PrivilegeFixture.gifts) { fixture in
            let definition = fixture.definition(corpus: false)
            let findings = try await fixture.missing(definition)
            let inheritance = findings.contains { $0.expected.contains("without SET ROLE too") }
            #expect(inheritance == (version.rawValue >= 16))
            try await proveEach(findings, fixture, definition, kinds: [.partitions, .views])
        }
    }

    /// All statements in one round, then nothing is missing and the run is done; then each is taken back alone, and
    /// is missing again, and the run is not done.
    private func proveEach(
        _ findings: [PrivilegeFinding], _ fixture: PrivilegeFixture, _ definition: DatabaseDefinition,
        kinds: Set<TaskKind>
    ) async throws {
        let before = try await fixture.run(definition)
        #expect(before.verdict != .done)

        let statements = findings.flatMap(\.statements)
        #expect(!statements.isEmpty)
        for statement in statements { try await fixture.database.psql(statement) }
        let after = try await fixture.missing(definition)
        #expect(after == [])
        let run = try await fixture.run(definition)
        #expect(run.verdict == .done, "\(run.refusals) \(run.reports.map(\.outcome))")
        #expect(Set(run.reports.map(\.step.task)) == kinds)

        for statement in statements {
            try await fixture.database.psql(try inverse(statement))
            let lost = try await fixture.missing(definition)
            #expect(lost.flatMap(\.statements).contains(statement), "\(statement)")
            let verdict = try await fixture.run(definition).verdict
            #expect([.failed, .refused].contains(verdict), "\(statement)")
            try await fixture.database.psql(statements.joined(separator: ";\n"))
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func aSuperuserIsToldHowToMakeARoleThatIsNone(version: PostgresVersion) async throws {
        // The role that it advises has a name that others may use too.
        let cluster = try await Cluster.private(version)
        try await PrivilegeFixture.with(version, on: cluster, PrivilegeFixture.everything) { fixture in
            let findings = try await PrivilegeCheck(
                definition: fixture.definition(user: "postgres"), applicationName: "test"
            ).findings()
            let advice = try #require(findings.last)
            #expect(advice.severity == .advice)
            #expect(advice.object == "role postgres")
            for statement in advice.statements { try await fixture.database.psql(statement) }

            let definition = fixture.definition(user: "pgtend")
            let missing = try await fixture.missing(definition)
            #expect(!missing.contains { $0.expected.contains("may SET ROLE \(fixture.owner),") })
            for statement in missing.flatMap(\.statements) { try await fixture.database.psql(statement) }
            let verdict = try await fixture.run(definition).verdict
            #expect(verdict == .done)
            let privileges = try await fixture.database.psql(
                "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'pgtend'")
            #expect(privileges == "f|f|f|f")
        }
        try await cluster.destroy()
    }

    /// Up to 15 a role inherits or does not; from 16 on each membership says.
    @Test(arguments: PostgresVersion.underTest)
    func aRoleThatCannotSeeActivityIsAdvisedOfTheGrantThatLetsIt(version: PostgresVersion) async throws {
        try await PrivilegeFixture.with(version, { "ALTER ROLE \(quoted($0.role)) NOINHERIT" }) { fixture in
            let check = PrivilegeCheck(definition: fixture.definition(), applicationName: "test")
            let advice = try await check.findings().suffix(2)
            #expect(advice.first?.expected.contains("pg_read_all_stats") == true)
            #expect(advice.last?.object == "schema pgtend_ledger" && advice.last?.severity == .advice)
            for statement in advice.flatMap(\.statements) { try await fixture.database.psql(statement) }
            let after = try await check.findings()
            #expect(after == [])
        }
    }

    @Test func membershipWithoutTheSetOptionIsToldApartAndKept() async throws {
        try await PrivilegeFixture.with(.v18, PrivilegeFixture.everything) { fixture in
            let (role, owner) = (quoted(fixture.role), quoted(fixture.owner))
            try await fixture.database.psql("GRANT \(owner) TO \(role) WITH INHERIT TRUE, SET FALSE")
            let finding = try #require(
                try await fixture.missing(fixture.definition()).first { $0.expected.contains(fixture.owner) })
            #expect(finding.found == "is a member of it without the SET option")
            #expect(finding.statements == ["GRANT \(owner) TO \(role) WITH SET TRUE"])
            try await fixture.database.psql(finding.statements[0])
            let membership = try await fixture.database.psql(
                "SELECT inherit_option, set_option FROM pg_auth_members WHERE roleid = '\(owner)'::regrole")
            #expect(membership == "t|t")
        }
    }

    @Test func aWatchedSchemaThatIsAbsentIsAdviceAndNothingMore() async throws {
        try await TestDatabase.with(.v15) { database in
            let definition = DatabaseDefinition(name: "empty", conninfo: database.conninfo())
            let findings = try await PrivilegeCheck(definition: definition, applicationName: "test").findings()
            #expect(findings.first?.object == "schema mcp")
            #expect(findings.allSatisfy { $0.severity == .advice })
        }
    }

    @Test func aStandbyIsRefusedByTheCheckAndByTheInstaller() async throws {
        let cluster = try await Cluster.private(.v15)
        try await cluster.stop(.fast)
        let signal = try await Program.run("/usr/bin/touch", [cluster.folder + "/data/standby.signal"])
        #expect(signal.succeeded)
        try await cluster.start()
        let definition = DatabaseDefinition(name: "standby", conninfo: cluster.conninfo())
        let findings = try await PrivilegeCheck(definition: definition, applicationName: "test").findings()
        #expect(findings.first?.object == "server")
        #expect(findings.first?.found == "\(ServerFailure.standby)")
        let installer = SchemaInstaller(
            conninfo: cluster.conninfo(), applicationName: "test", programVersion: "0")
        await #expect(throws: ServerFailure.standby) { try await installer.apply() }
        try await cluster.destroy()
    }
}

/// What takes a cure back.
private func inverse(_ statement: String) throws -> String {
    if statement.contains(" NO FORCE ") { return statement.replacing(" NO FORCE ", with: " FORCE ") }
    if statement.hasSuffix("WITH INHERIT TRUE") { return statement.replacing("INHERIT TRUE", with: "INHERIT FALSE") }
    if statement.hasSuffix(" INHERIT") { return statement.replacing(" INHERIT", with: " NOINHERIT") }
    if statement.hasSuffix(" BYPASSRLS") { return statement.replacing(" BYPASSRLS", with: " NOBYPASSRLS") }
    guard let match = statement.wholeMatch(of: #/GRANT (?<what>.*) TO (?<role>"[^ ].*?")(?<options> WITH .*)?/#) else {
        throw TestFailure("no inverse of \(statement)")
    }
    return "REVOKE \(match.what) FROM \(match.role)"
}
