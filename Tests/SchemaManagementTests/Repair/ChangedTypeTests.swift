import Foundation
import TestSupport
import Testing

@testable import SchemaManagement

/// Columns that have another type in a database which has the schema.
@Suite("Repair of changed types")
struct ChangedTypeTests {
    struct Damage: Sendable, CustomTestStringConvertible {
        let table: String
        let column: String
        let type: String
        var using: String?
        /// Of what stands in the way of the damage itself.
        var before = ""
        /// Rows, written after it.
        let rows: String
        var testDescription: String { "\(table).\(column) as \(type)" }

        var sql: String {
            """
            SET client_min_messages = error;
            \(before);
            ALTER TABLE mcp.\(table) ALTER \(column) DROP DEFAULT,
                ALTER \(column) TYPE \(type) USING \(using ?? "\(column)::\(type)");
            \(rows)
            """
        }

        var values: String { "SELECT string_agg(\(column)::text, ' ' ORDER BY \(column)::text) FROM mcp.\(table)" }
    }

    private static let tenant = "'00000000-0000-4000-8000-00000000000a'"

    private static func models(_ costs: String) -> String {
        "INSERT INTO mcp.embedding_models (provider, model_name, dimensions, cost_per_million_tokens) "
            + "SELECT 'p', 'm' || c, 3, c FROM unnest(ARRAY[\(costs)]) AS c"
    }

    private static func price(_ type: String, _ costs: String) -> Damage {
        Damage(
            table: "embedding_models", column: "cost_per_million_tokens", type: type,
            before: "DROP MATERIALIZED VIEW mcp.active_embedding_models CASCADE; ALTER TABLE mcp.embedding_models "
                + "DROP CONSTRAINT embedding_models_cost_per_million_tokens_check", rows: models(costs))
    }

    private static func payload(_ values: String) -> Damage {
        Damage(
            table: "events", column: "payload", type: "json",
            rows: "INSERT INTO mcp.events (tenant_id, event_type, payload) "
                + "SELECT \(tenant), 'x', p FROM unnest(ARRAY[\(values)]::json[]) AS p")
    }

    private static func integration(_ column: String, _ type: String, _ values: String, using: String? = nil) -> Damage
    {
        let isTenant = column == "tenant_id"
        let columns = isTenant ? "tenant_id, name" : "tenant_id, name, \(column)"
        let row = isTenant ? "v, 'n' || n" : "\(tenant), 'n' || n, v"
        return Damage(
            table: "integrations", column: column, type: type, using: using,
            before: "DROP INDEX mcp.integrations_tenant_active_idx"
                + (isTenant ? "; DROP POLICY tenant_isolation ON mcp.integrations" : ""),
            rows: "INSERT INTO mcp.integrations (\(columns)) "
                + "SELECT \(row) FROM unnest(ARRAY[\(values)]::\(type)[]) WITH ORDINALITY AS u (v, n)")
    }

    /// The values afterwards, and whether others stay beside them.
    static let kept: [(Damage, String, Bool)] = [
        (price("numeric(20,10)", "0.123456789, 0.5"), "0.1235 0.5000", true),
        (price("numeric(20,10)", "0.25, 0.5"), "0.2500 0.5000", false),
        (price("double precision", "0.123456789, 0.5"), "0.1235 0.5000", true),
        (price("text", "'0.1230', '0.5000'"), "0.1230 0.5000", false),
        (price("text", "'0.123', '0.5000'"), "0.1230 0.5000", true),
        (document("cost_usd", "double precision", "0.0000012"), "0.000001", true),
        (document("cost_usd", "double precision", "0.25"), "0.250000", false),
        (payload(#"'{"a":1,"a":2}'"#), #"{"a": 2}"#, true),
        (payload(#"'{"a": 1}'"#), #"{"a": 1}"#, false),
        (integration("is_active", "text", "'true', 'false'"), "false true", false),
        (integration("is_active", "text", "'yes', 'false'"), "false true", true),
        (
            Damage(
                table: "tasks", column: "max_retries", type: "numeric(6,2)",
                rows: task("max_retries", "7.00")), "7", false
        ),
        (
            Damage(
                table: "tasks", column: "max_retries", type: "bigint", rows: task("max_retries", "7")), "7", false
        ),
    ]

    private static func document(_ column: String, _ type: String, _ value: String) -> Damage {
        Damage(
            table: "embeddings", column: column, type: type,
            rows:
                "INSERT INTO mcp.embeddings (tenant_id, content, model_provider, model_name, model_dimensions, \(column)) "
                + "VALUES (\(tenant), 'c', 'p', 'm', 3, \(value))")
    }

    private static func task(_ column: String, _ value: String) -> String {
        "INSERT INTO mcp.tasks (tenant_id, type, title, \(column)) VALUES (\(tenant), 'analysis', 't', \(value))"
    }

    @Test(arguments: kept)
    func keepsWhatTheTypeWouldAlter(damage: Damage, values: String, isKept: Bool) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(damage.sql)
            let before = try await database.psql(damage.values)
            let plan = try await database.repairing().plan().plan
            #expect(plan.notes.contains { $0.contains("stays as pgtend_old_\(damage.column)") } == isKept)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            #expect(try await database.psql(damage.values) == values)
            let old = damage.values.replacing("\(damage.column)::", with: "pgtend_old_\(damage.column)::")
            let columns = "SELECT count(*) FROM pg_attribute WHERE attname = 'pgtend_old_\(damage.column)'"
            if isKept {
                #expect(try await database.psql(old) == before)
            } else {
                #expect(try await database.psql(columns) == "0")
            }
        }
    }

    @Test func namesWhatTheTypeCannotTake() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(Self.price("double precision", "0.123456789, 1e7, 2e7").sql)
            let refusals = try await database.repair().plan.refusals
            #expect(
                refusals.map(\.reason) == [
                    "2 row(s): cost_per_million_tokens has values that are no numeric(10,4): '10000000' (1), '20000000' (1)"
                ])
        }
    }

    /// A date is no instant before its zone is known.
    @Test(arguments: ["date", "timestamp(3)"])
    func asksForTheZone(type: String) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(Self.integration("last_sync_at", type, "'2025-01-02'").sql)
            try await database.psql(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Europe/Berlin''', current_database()); END $$"
            )
            let refusals = try await database.repair().plan.refusals
            try #require(refusals.count == 1)
            let cure = refusals[0].cure.components(separatedBy: "zone: ")[1].components(separatedBy: "; where")[0]
            try await database.psql(cure)
            #expect(try await database.repair().verification.gap.isClosed)
            let instant = "SELECT last_sync_at = '2025-01-01 23:00:00+00' FROM mcp.integrations"
            #expect(try await database.psql(instant) == "t")
        }
    }

    /// Written between the count and the change.
    @Test func altersNoValueThatCameLater() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(Self.price("numeric(20,10)", "0.25").sql)
            let steps = try await database.repairing().plan().plan.steps
            let step = try #require(steps.first { $0.statements.contains { $0.contains(" TYPE numeric(10,4)") } })
            try await database.psql(Self.models("0.123456789"))
            await #expect(throws: (any Error).self) {
                try await database.psql("BEGIN;\n\(step.statements.joined(separator: ";\n"));\nCOMMIT")
            }
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed)
            let old =
                "SELECT max(pgtend_old_cost_per_million_tokens) FROM mcp.embedding_models WHERE model_name <> 'm0.25'"
            #expect(try await database.psql(old) == "0.1234567890")
        }
    }

    /// What stands in the place of the … is a person's to say.
    static let unclear: [(Damage, String, String)] = [
        (
            integration("is_active", "integer", "0, 1, 1", using: "is_active::integer"),
            "3 row(s): is_active is integer, and nothing says what its values are as boolean: '1' (2), '0' (1)",
            "is_active <> 0"
        ),
        (
            Damage(
                table: "tasks", column: "escalation_timeout", type: "integer", using: "NULL",
                before: "ALTER TABLE mcp.tasks DROP CONSTRAINT tasks_escalation_timeout_check",
                rows: task("escalation_timeout", "30")),
            "1 row(s): escalation_timeout is integer, and nothing says what its values are as interval: '30' (1)",
            "make_interval(mins => escalation_timeout)"
        ),
        (
            Damage(
                table: "tenant_config", column: "features", type: "text[]", using: "NULL",
                before: "ALTER TABLE mcp.tenant_config DROP CONSTRAINT tenant_config_features_check",
                rows: "INSERT INTO mcp.tenant_config (tenant_id, features) VALUES (\(tenant), '{}')"),
            "1 row(s): features is text[], and nothing says what its values are as jsonb: '{}' (1)",
            "jsonb_object(array_agg_of(features))"
        ),
    ]

    @Test(arguments: unclear)
    func leavesToAPersonWhatAValueMeans(damage: Damage, reason: String, meaning: String) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(damage.sql)
            try await database.psql(
                "CREATE FUNCTION public.array_agg_of(text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS 'SELECT $1'")
            let facts = try await database.facts()
            let refusals = try await database.repair().plan.refusals
            #expect(refusals.map(\.reason) == [reason])
            #expect(try await database.facts() == facts)
            let cure = try #require(refusals.first?.cure)
            let statement = cure.components(separatedBy: "the …: ")[1].components(separatedBy: "; then repeat")[0]
            try await database.psql(statement.replacing("…", with: meaning))
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
        }
    }

    /// Without a value nothing is unclear.
    @Test func changesWhatHasNoValues() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            for (damage, _, _) in Self.unclear {
                try await database.psql(damage.sql.replacing(damage.rows, with: ""))
            }
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
        }
    }

    static let readers = [
        "CREATE INDEX x ON mcp.integrations (tenant_id text_pattern_ops)",
        "CREATE INDEX x ON mcp.integrations (name) WHERE tenant_id <> ''",
        "CREATE INDEX x ON mcp.integrations (lower(tenant_id))",
        #"CREATE INDEX x ON mcp.integrations (tenant_id COLLATE "C")"#,
        "ALTER TABLE mcp.integrations ADD CONSTRAINT x CHECK (tenant_id <> '')",
        "CREATE TABLE mcp.others (id text PRIMARY KEY); "
            + "INSERT INTO mcp.others SELECT DISTINCT tenant_id FROM mcp.integrations; "
            + "ALTER TABLE mcp.integrations ADD CONSTRAINT x FOREIGN KEY (tenant_id) REFERENCES mcp.others",
    ]

    @Test(arguments: readers)
    func namesWhatDoesNotTakeTheType(reader: String) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(Self.integration("tenant_id", "text", Self.tenant).sql + ";\n" + reader)
            let facts = try await database.facts()
            let refusals = try await database.repair().plan.refusals
            let reason = " x of mcp.integrations uses tenant_id, which has to become uuid, and may not take that"
            #expect(refusals.count == 1 && refusals.allSatisfy { $0.reason.hasSuffix(reason) }, "\(refusals)")
            #expect(try await database.facts() == facts)
            let cure = try #require(refusals.first?.cure)
            try await database.psql(cure.components(separatedBy: "; then repeat")[0])
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
        }
    }

    @Test func leavesTheServerWhatTakesTheType() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                Self.integration("tenant_id", "text", Self.tenant).sql + """
                    ;
                    CREATE INDEX x ON mcp.integrations (tenant_id);
                    CREATE INDEX y ON mcp.integrations USING hash (tenant_id);
                    ALTER TABLE mcp.integrations ADD CONSTRAINT z CHECK (tenant_id IS NOT NULL);
                    ALTER TABLE mcp.tasks ALTER max_retries TYPE bigint;
                    CREATE INDEX w ON mcp.tasks (title) WHERE max_retries > 3;
                    """)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let indexes = "SELECT count(*) FROM pg_class WHERE relname IN ('x', 'y', 'w')"
            #expect(try await database.psql(indexes) == "3")
        }
    }

    @Test(arguments: ["bigint", "smallint"])
    func refusesAGeneratedColumn(type: String) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            // The schema generates the one, and not the other.
            let (table, column) = type == "bigint" ? ("tasks", "max_retries") : ("shared_documents", "size_bytes")
            try await database.psql(
                """
                SET client_min_messages = error;
                ALTER TABLE mcp.\(table) DROP COLUMN \(column) CASCADE;
                ALTER TABLE mcp.\(table) ADD COLUMN \(column) \(type) GENERATED ALWAYS AS (length(title)) STORED;
                \(Self.task("result", "NULL"))
                """)
            let refusals = try await database.repair().plan.refusals
            #expect(refusals.count == 1 && refusals.allSatisfy { $0.reason.hasSuffix(", which is generated") })
            let cure = try #require(refusals.first?.cure)
            try await database.psql(cure.components(separatedBy: "; then repeat")[0])
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            if type == "bigint" { #expect(try await database.psql("SELECT max_retries FROM mcp.tasks") == "1") }
        }
    }

    /// Where the original has no place beside it.
    @Test func refusesAKeyWhoseValuesWouldBeOthers() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let damage = Self.integration(
                "id", "text", "'00000000-0000-4000-8000-00000000000A', '00000000-0000-4000-8000-00000000000b'")
            try await database.psql(damage.sql)
            let refusals = try await database.repair().plan.refusals
            #expect(
                refusals.map(\.reason) == [
                    "1 row(s): id is text in the primary key, and has values that uuid would alter: "
                        + "'00000000-0000-4000-8000-00000000000A' (1)"
                ])
            let cure = try #require(refusals.first?.cure)
            let statement = cure.components(separatedBy: "keeps: ")[1].components(separatedBy: "; then repeat")[0]
            try await database.psql(statement)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
        }
    }
}
