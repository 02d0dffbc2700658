import Foundation
import Maintenance
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// Tables that show a table's rows without its policies, and roles that see past them.
@Suite("Relatives of the schema's tables")
struct RepairRelativesTests {
    struct Relative: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sql: String
        let property: CatalogProperty
    }

    static let relatives = [
        Relative(
            testDescription: "a partition in another schema",
            sql: """
                CREATE SCHEMA archive;
                CREATE TABLE archive.old PARTITION OF mcp.embedding_metrics FOR VALUES FROM ('2001-01-01') TO ('2001-02-01');
                """,
            property: .partitionsElsewhere),
        Relative(
            testDescription: "a partition that is partitioned",
            sql: """
                CREATE TABLE mcp.audit_log_2001 PARTITION OF mcp.audit_log FOR VALUES FROM ('2001-01-01') TO ('2002-01-01')
                    PARTITION BY RANGE (changed_at);
                CREATE TABLE mcp.audit_log_2001_rest PARTITION OF mcp.audit_log_2001 DEFAULT;
                """,
            property: .partitionsWithPartitions),
        Relative(
            testDescription: "a partition that is being detached",
            sql:
                "CREATE TABLE mcp.old PARTITION OF mcp.embedding_metrics FOR VALUES FROM ('2001-01-01') TO ('2001-02-01'); "
                + "UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'mcp.old'::regclass",
            property: .partitionsBeingDetached),
        Relative(
            testDescription: "a parent",
            sql:
                "CREATE TABLE public.people (email varchar(255) NOT NULL); ALTER TABLE mcp.users INHERIT public.people",
            property: .inherits),
        Relative(
            testDescription: "a child",
            sql: "CREATE TABLE public.events_2020 () INHERITS (mcp.events)", property: .inheritedBy),
        Relative(
            testDescription: "a parent that it is a partition of",
            sql: "CREATE TABLE public.people (LIKE mcp.users) PARTITION BY LIST (email); "
                + "ALTER TABLE public.people ATTACH PARTITION mcp.users DEFAULT",
            property: .partitionOf),
        Relative(
            testDescription: "the privileges of a role that has some in the schema",
            sql: "CREATE ROLE repair_relative; GRANT SELECT (key_hash), TRUNCATE ON mcp.api_keys TO repair_relative; "
                + "GRANT repair_relative TO mcp_readonly",
            property: .rightsOfOthers),
        Relative(
            testDescription: "the rights of a role that reads everything",
            sql: "GRANT pg_read_all_data TO mcp_readonly", property: .rightsOfOthers),
        Relative(
            testDescription: "the rights of a role whose rights are those of one that reads everything",
            sql: "CREATE ROLE repair_relative; GRANT pg_read_all_data TO repair_relative; "
                + "GRANT repair_relative TO mcp_readonly",
            property: .rightsOfOthers),
        Relative(
            testDescription: "the right to run programs on the server",
            sql: "GRANT pg_execute_server_program TO mcp_application", property: .rightsOfOthers),
        Relative(
            testDescription: "the right to read files of the server, by way of another role",
            sql: "CREATE ROLE repair_relative; GRANT pg_read_server_files TO repair_relative; "
                + "GRANT repair_relative TO mcp_owner",
            property: .rightsOfOthers),
        Relative(
            testDescription: "a policy for a role of which the schema's is a member by way of another",
            sql: "CREATE ROLE reports; CREATE ROLE analysts; GRANT reports TO analysts; "
                + "GRANT analysts TO mcp_readonly; CREATE POLICY reports ON mcp.tasks TO reports USING (true)",
            property: .definition),
        Relative(
            testDescription: "a policy for a member of a member of the schema's role",
            sql: "CREATE ROLE programs; CREATE ROLE eve; GRANT programs TO eve; GRANT mcp_application TO programs; "
                + "CREATE POLICY mine ON mcp.tasks TO eve USING (true)",
            property: .definition),
        Relative(
            testDescription: "a policy for the owner of a table, who will be a member of the schema's role",
            sql:
                "CREATE ROLE eve; GRANT USAGE ON SCHEMA mcp TO eve; ALTER TABLE mcp.users OWNER TO eve; CREATE POLICY mine ON mcp.tasks TO eve USING (true)",
            property: .definition),
    ]

    /// They go with the extension.
    static let members = [
        Relative(
            testDescription: "a partition that is a member of an extension",
            sql: "CREATE EXTENSION hstore; CREATE TABLE mcp.old PARTITION OF mcp.embedding_metrics "
                + "FOR VALUES FROM ('2001-01-01') TO ('2001-02-01'); ALTER EXTENSION hstore ADD TABLE mcp.old",
            property: .memberOfExtension),
        Relative(
            testDescription: "a partition that is a member of an extension in its own schema",
            sql: "CREATE EXTENSION hstore SCHEMA mcp; CREATE TABLE mcp.old PARTITION OF mcp.embedding_metrics "
                + "FOR VALUES FROM ('2001-01-01') TO ('2001-02-01'); ALTER EXTENSION hstore ADD TABLE mcp.old",
            property: .memberOfExtension),
        Relative(
            testDescription: "a table that is a member of an extension in its own schema",
            sql: "CREATE EXTENSION hstore SCHEMA mcp; ALTER EXTENSION hstore ADD TABLE mcp.users",
            property: .memberOfExtension),
        Relative(
            testDescription: "a function that is a member of an extension in its own schema",
            sql: "CREATE EXTENSION hstore SCHEMA mcp; ALTER EXTENSION hstore ADD FUNCTION mcp.audit_row_change()",
            property: .memberOfExtension),
        Relative(
            testDescription: "a type that is a member of an extension in its own schema",
            sql: "CREATE EXTENSION hstore SCHEMA mcp; ALTER EXTENSION hstore ADD TYPE mcp.task_status",
            property: .memberOfExtension),
        Relative(
            testDescription: "a table that is a member of an extension",
            sql: "CREATE EXTENSION hstore; ALTER EXTENSION hstore ADD TABLE mcp.users", property: .memberOfExtension),
        Relative(
            testDescription: "a function that is a member of an extension",
            sql: "CREATE EXTENSION hstore; ALTER EXTENSION hstore ADD FUNCTION mcp.audit_row_change()",
            property: .memberOfExtension),
        Relative(
            testDescription: "a type that is a member of an extension",
            sql: "CREATE EXTENSION hstore; ALTER EXTENSION hstore ADD TYPE mcp.task_status",
            property: .memberOfExtension),
        Relative(
            testDescription: "the schema, as a member of an extension",
            sql: "CREATE EXTENSION hstore; ALTER EXTENSION hstore ADD SCHEMA mcp", property: .memberOfExtension),
    ]

    /// What is for a role of that name is not for everybody.
    @Test func aRoleMayBeCalledPublic() async throws {
        let cluster = try await Cluster.private(.v18)
        try await TestDatabase.with(cluster, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                CREATE ROLE "PUBLIC"; CREATE ROLE alice; GRANT USAGE ON SCHEMA mcp TO alice;
                CREATE POLICY mine ON mcp.tasks TO "PUBLIC" USING (true);
                GRANT EXECUTE ON FUNCTION mcp.find_api_key(text) TO alice WITH GRANT OPTION;
                SET ROLE alice; GRANT EXECUTE ON FUNCTION mcp.find_api_key(text) TO "PUBLIC"; RESET ROLE;
                GRANT EXECUTE ON FUNCTION mcp.find_api_key(text) TO PUBLIC;
                """)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            #expect(after.verification.gap.unknown.contains(CatalogObject(.policy, "mine", of: "tasks")))
            let mayExecute = "SELECT has_function_privilege('PUBLIC', 'mcp.find_api_key(text)', 'EXECUTE')"
            #expect(try await database.psql(mayExecute) == "t")

            try await database.psql("ALTER TABLE mcp.tasks OWNER TO \"PUBLIC\"")
            let failure = try #require(await ServerFailure.of { try await database.repair() })
            #expect(failure.cure?.description.contains("--trust PUBLIC") == true, "\(failure)")
        }
        try await cluster.destroy()
    }

    /// Before 16 such a role grants itself any other that is no superuser.
    @Test(arguments: [PostgresVersion.v15, .v18])
    func aRoleThatCreatesRolesMayBecomeAnyBefore16(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(version)
        try await TestDatabase.with(cluster) { database in
            try await database.psql(
                "CREATE ROLE mcp_application; CREATE ROLE creator CREATEROLE; GRANT creator TO mcp_application")
            let diagnosis = try await database.repairing().plan()
            let cures = version == .v15 ? [#"run: REVOKE creator FROM "mcp_application""#] : []
            #expect(diagnosis.plan.refusals.map(\.cure).filter { $0.contains("REVOKE") } == cures)
        }
        try await cluster.destroy()
    }

    @Test(arguments: relatives + members)
    func areGapsThatAreRefusedWithTheirCure(relative: Relative) async throws {
        // Roles are the cluster's: no other test may see them.
        guard relative.sql.contains(" TO mcp_") || relative.sql.contains("CREATE ROLE") else {
            return try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
                try await expectRefusal(relative, database)
            }
        }
        let cluster = try await Cluster.private(.v18)
        try await TestDatabase.with(cluster, template: SchemaVerifierTests.installed) { database in
            try await expectRefusal(relative, database)
        }
        try await cluster.destroy()
    }

    private func expectRefusal(_ relative: Relative, _ database: TestDatabase) async throws {
        try await database.psql(relative.sql + ";" + GolangMigrate.table(dirty: true))
        let diagnosis = try await database.repair(trusting: ["eve"])
        #expect(diagnosis.verification.gap.different.contains { $0.property == relative.property })
        #expect(try await database.psql("SELECT dirty FROM public.schema_migrations") == "t")
        #expect(!diagnosis.plan.notes.contains { $0.contains("row-level security will show it") })
        let refusal = try #require(diagnosis.plan.refusals.first, "\(diagnosis.verification.gap)")
        let cure = refusal.cure.dropFirst("run: ".count)
        try await database.psql(cure.components(separatedBy: "; then make the partitions")[0])
        let after = try await database.repair(trusting: ["eve"])
        #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
        #expect(try await database.psql("SELECT dirty FROM public.schema_migrations") == "f")
    }
}
