import Maintenance
import SQLText
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// A repair by a role that is no superuser, of a database that belongs to the platform's own role.
@Suite("Privileges of the repair")
struct RepairPrivilegeTests {
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func areNamedBeforeAnythingIsChangedAndThenSuffice(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await DriftedDatabase.load(into: database, rows: 300, [.vectors, .owner])
            let (platform, role) = (DriftedDatabase.owner(of: database), "dba_\(database.name)")
            try await database.psql("CREATE ROLE \(role) LOGIN;" + Self.roles)
            try await KeptRows.keep(database)
            let facts = try await database.facts()

            // It may not even read the rows: plan and run say the same.
            let repair = database.repairing(as: role)
            for call in [repair.plan, { try await repair.run(begun: { _ in }, done: { _, _ in }) }] {
                let failure = try #require(await ServerFailure.of { _ = try await call() })
                #expect(failure.failureClass == .privilege && failure.sqlState == .insufficientPrivilege)
                for right in [
                    "CREATE on database \(database.name)", "membership in mcp_owner",
                    "the privileges of \(platform), which owns",
                    "the right to make \(platform) a member of mcp_application",
                    "ownership of schema mcp, which belongs to \(platform)",
                    "SET ROLE to \(platform), which owns public.schema_migrations",
                ] {
                    #expect(failure.message.contains(right), "\(failure.message)")
                }
                let cure = try #require(failure.cure?.description)
                #expect(cure.hasPrefix("do it as a superuser, or let one run: GRANT "), "\(cure)")
            }

            // Rows are read as their owner: whoever may become that role is shown a plan with what it lacks.
            try await database.psql("GRANT \(platform) TO \(role)")
            let plan = try await repair.plan()
            #expect(plan.plan.refusals == [] && !plan.plan.steps.isEmpty)
            #expect(!plan.missingPrivileges.isEmpty)
            let failure = await ServerFailure.of { _ = try await repair.run(begun: { _ in }, done: { _, _ in }) }
            #expect(failure?.failureClass == .privilege)
            #expect(try await database.facts() == facts)

            for right in plan.missingPrivileges { try await database.psql(#require(right.cure)) }
            let after = try await repair.run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
            #expect(after.missingPrivileges == [])
            #expect(try await KeptRows.losses(database) == "")
            #expect(try await database.psql("SELECT version, dirty FROM public.schema_migrations") == "1|f")
            #expect(try await database.psql("SELECT pg_has_role('\(platform)', 'mcp_application', 'MEMBER')") == "t")

            for gone in [role, platform] {
                try await database.psql(
                    "REASSIGN OWNED BY \(gone) TO postgres; DROP OWNED BY \(gone) CASCADE; DROP ROLE \(gone)")
            }
        }
    }

    /// The schema, its record and that of the steps belong to others then.
    @Test func sufficeWhereASuperuserHasAppliedTheSchema() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let role = "dba_\(database.name)"
            _ = try await database.repair()
            try await database.psql(
                "CREATE ROLE \(role) LOGIN; GRANT pg_read_all_data TO \(role); "
                    + "DROP INDEX mcp.embeddings_tenant_hash_idx; ALTER TABLE mcp.tasks ALTER COLUMN title DROP NOT NULL"
            )
            let failure = await ServerFailure.of { _ = try await database.repairing(as: role).plan() }
            let cure = try #require(failure?.cure?.description.split(separator: "let one run: ").last)
            try await database.psql(String(cure))
            let after = try await database.repairing(as: role).run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
            try await database.psql("REASSIGN OWNED BY \(role) TO postgres; DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    /// What the schema's roles need is outside the schema, and for whoever may grant it there.
    @Test func includeTheUseOfPgvector() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let role = "dba_\(database.name)"
            let vector = CatalogObject(.extension, "vector")
            _ = try await database.repair()
            let usesVector = "SET ROLE mcp_application; SELECT '[1]'::public.vector"
            try await database.psql(
                "CREATE ROLE \(role) LOGIN; REVOKE USAGE ON SCHEMA public FROM PUBLIC; "
                    + "GRANT USAGE ON SCHEMA public TO mcp_readonly, \(role)")
            await #expect(throws: (any Error).self) { try await database.psql(usesVector) }

            let failure = await ServerFailure.of {
                _ = try await database.repairing(as: role).run(begun: { _ in }, done: { _, _ in })
            }
            let right =
                "the right to grant USAGE on schema public, in which pgvector lives, to mcp_application, mcp_owner"
            #expect(failure?.message.contains("\(right);") == true, "\(String(describing: failure))")
            let cure = try #require(failure?.cure?.description.split(separator: "let one run: ").last)
            #expect(cure.contains("GRANT USAGE ON SCHEMA public TO \(role) WITH GRANT OPTION;"), "\(cure)")
            let plan = try await database.repairing().plan()
            let difference = SchemaGap.Difference(
                object: vector, property: .rolesWithoutUse, expected: nil, found: "mcp_application, mcp_owner")
            #expect(plan.verification.gap.different == [difference])
            #expect(plan.plan.refusals == [] && plan.plan.steps.map(\.object) == [vector])

            try await database.psql(String(cure))
            let after = try await database.repairing(as: role).run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
            try await database.psql(usesVector)
            try await database.psql("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
        }
    }

    /// What belongs to a superuser is nothing that another role should be given.
    @Test func leaveToASuperuserWhatBelongsToOne() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            let role = "dba_\(database.name)"
            try await database.psql("CREATE ROLE \(role) LOGIN; GRANT pg_read_all_data TO \(role);" + Self.roles)
            let repair = database.repairing(as: role)
            let missing = try await repair.plan().missingPrivileges
            #expect(
                missing.contains { $0.description.contains("the privileges of postgres, which owns") && $0.cure == nil }
            )
            let failure = await ServerFailure.of { _ = try await repair.run(begun: { _ in }, done: { _, _ in }) }
            #expect(failure?.cure == "do it as a superuser: not all of this should be given to another role")
            try await database.psql("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    /// Other tests of the cluster may make and drop them at the same moment.
    private static let roles = """
        DO $$
        DECLARE
            wanted name;
        BEGIN
            FOREACH wanted IN ARRAY ARRAY['mcp_owner', 'mcp_application', 'mcp_readonly'] LOOP
                BEGIN
                    EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
                EXCEPTION WHEN duplicate_object OR unique_violation THEN
                    RAISE DEBUG '% is there', wanted;
                END;
            END LOOP;
        END
        $$;
        """
}
