import Foundation
import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// What a role or a database may set for its sessions: docs/settings.md has all of it, and nothing changes what pgtend does.
@Suite("Settings of role and database")
struct HostileSettingsTests {
    /// The names in the first column of a table of docs/settings.md.
    private static func listed(_ begin: String, _ end: String) throws -> [String] {
        let file = URL(filePath: #filePath).appending(path: "../../../docs/settings.md").standardizedFileURL
        let text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.range(of: "<!-- \(begin) -->"))
        let stop = try #require(text.range(of: "<!-- \(end) -->"))
        return text[start.upperBound..<stop.lowerBound].split(separator: "\n").flatMap { line in
            (line.split(separator: "|").first ?? "").matches(of: /`([A-Za-z0-9_]+)`/).map { String($0.1) }
        }
    }

    private static var pinned: [String] {
        get throws { try listed("pinned settings", "end of the pinned settings") }
    }

    private static var left: [String] {
        get throws { try listed("settings that are left", "end of the settings that are left") }
    }

    @Test func thePinnedOnesAreThoseOfTheDocument() throws {
        let names = Set(SessionSettings.names.map { $0.lowercased() }).subtracting(["role"])
        #expect(Set(try Self.pinned.map { $0.lowercased() }) == names)
        let all = try Self.pinned + Self.left
        #expect(Set(all).count == all.count)
    }

    /// A setting that a server has and the document has not is one that nobody has thought about.
    @Test(arguments: PostgresVersion.underTest)
    func allOfTheServerAreInTheDocument(version: PostgresVersion) async throws {
        let found = try await Cluster.shared(version).psql(
            """
            SELECT name FROM pg_settings
            WHERE context IN ('user', 'superuser', 'backend', 'superuser-backend') AND name NOT LIKE '%.%'
            """)
        let known = Set(try Self.pinned + Self.left)
        #expect(found.split(separator: "\n").map(String.init).filter { !known.contains($0) } == [])
    }

    // MARK: - Hostile ones

    /// What would keep a session from beginning, or takes what it needs: the server's answer is the only one there can be.
    private static let excluded: Set<String> = [
        "local_preload_libraries", "session_preload_libraries", "post_auth_delay", "temp_file_limit", "max_stack_depth",
        // Of one transaction: no role can have one.
        "transaction_isolation", "transaction_read_only", "transaction_deferrable",
        // Of several that exclude each other.
        "log_statement_stats",
        // Asserting builds alone have another value.
        "debug_discard_caches",
        // A superuser's, to rescue a server: triggers and indexes are to be passed over, libraries to be found elsewhere.
        "dynamic_library_path", "session_replication_role", "ignore_system_indexes", "allow_system_table_mods",
    ]

    private static let values = [
        "DateStyle": "SQL, DMY", "TimeZone": "Pacific/Apia", "application_name": "hostile", "backtrace_functions": "x",
        "client_encoding": "LATIN1", "createrole_self_grant": "set, inherit", "default_table_access_method": "hostile",
        "default_tablespace": "hostile", "default_text_search_config": "pg_catalog.german",
        "extension_control_path": "/nowhere", "extension_destdir": "/nowhere",
        // By which alone a GIN index is read.
        "enable_bitmapscan": "on", "geqo_generations": "10", "geqo_pool_size": "10", "gin_fuzzy_search_limit": "1",
        "lc_messages": "C",
        "lc_monetary": "C", "lc_numeric": "C", "lc_time": "C", "output_plugin_libraries": "",
        "restrict_nonsystem_relation_kind": "view, foreign-table", "search_path": "pg_temp, s",
        "temp_tablespaces": "hostile", "timezone_abbreviations": "India", "wal_consistency_checking": "all",
        "debug_parallel_query": "regress", "force_parallel_mode": "regress", "max_parallel_workers_per_gather": "4",
        "commit_delay": "1000",
    ]

    /// Another value than the one in force: the other truth value, another word, the least or the greatest number.
    private static func hostile(_ row: Row) throws -> String? {
        let name: String = try row.decode("name")
        if excluded.contains(name) { return nil }
        if let value = values[name] { return value }
        let setting: String = try row.decode("setting")
        switch try row.decode("vartype", as: String.self) {
        case "bool": return setting == "on" ? "off" : "on"
        case "enum": return try row.decode("enumvals", as: [String].self).last { $0 != setting }
        case "integer", "real":
            // A time limit of 0 is none.
            let least: String = name.hasSuffix("_timeout") ? "1" : try row.decode("min_val")
            return least == setting ? try row.decode("max_val") : least
        default:
            Issue.record("a hostile value of \(name) is wanted here")
            return nil
        }
    }

    /// A table with a partition to make, a view on a view that an index is read for, and a corpus.
    private static let objects =
        PastSQL.events + """
            CREATE VIEW s.plain AS SELECT 1 AS one;
            CREATE TABLE s.texts (words tsvector NOT NULL, at timestamptz NOT NULL);
            INSERT INTO s.texts
            SELECT to_tsvector('simple', 'a b' || i % 7), '2026-05-04 00:00+00' FROM generate_series(1, 2000) AS i;
            CREATE INDEX ON s.texts USING gin (words) WITH (fastupdate = off);
            ANALYZE s.texts;
            CREATE MATERIALIZED VIEW s.counted AS
            SELECT p.one, count(*) AS texts, min(t.at)::text AS first
            FROM s.plain AS p CROSS JOIN s.texts AS t WHERE t.words @@ 'b3'::tsquery GROUP BY p.one;
            CREATE UNIQUE INDEX ON s.counted (one);
            TRUNCATE s.texts;
            INSERT INTO s.texts
            SELECT to_tsvector('simple', 'a b' || i % 7), '2026-05-04 00:00+00' FROM generate_series(1, 3000) AS i;
            CREATE TABLE s.docs (tenant text, words tsvector);
            INSERT INTO s.docs VALUES ('x', to_tsvector('simple', 'one two')), ('y', to_tsvector('simple', 'three'));
            CREATE TABLE s.figures (
                tenant text PRIMARY KEY, documents bigint, average numeric, frequencies jsonb, updated timestamptz);
            """

    private static func definition(_ definition: inout DatabaseDefinition) {
        definition.corpora = [
            CorpusDefinition(
                source: RelationName(schema: "s", name: "docs"),
                sourceColumns: .init(tenant: "tenant", tsvector: "words"),
                target: RelationName(schema: "s", name: "figures"),
                targetColumns: .init(
                    tenant: "tenant", documents: "documents", average: "average", frequencies: "frequencies",
                    updated: "updated"))
        ]
    }

    /// All that pgtend did and found.
    private static func tended(_ database: TestDatabase, as user: String) async throws -> String {
        let plan = try await database.plan(user: user, definition)
        let statements = try plan.steps.flatMap { step in
            try step.sql(serverVersion: database.cluster.version.rawValue * 10_000)
        }
        let summary = await database.tend(user: user, definition)
        #expect(summary.failure == nil, "\(String(describing: summary.failure))")
        #expect(plan.refusals.isEmpty && summary.refusals.isEmpty, "\(plan.refusals)")
        let outcomes = TaskKind.allCases.flatMap { summary.outcomes(of: $0) }
        #expect(outcomes == Array(repeating: "done", count: 7))
        let rows = try await database.psql(
            "TABLE s.counted; SELECT tenant, documents, average, frequencies FROM s.figures ORDER BY tenant")
        return (statements + outcomes + [rows, try await database.dump("--schema=s", "--schema-only")]).joined(
            separator: "\n")
    }

    /// All at once: what is found then is found one by one by who takes some of them out.
    @Test(arguments: PostgresVersion.underTest)
    func changeNothing(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(version)
        try await cluster.psql(
            """
            CREATE ROLE owner; CREATE ROLE other; CREATE ROLE tender LOGIN; GRANT owner, other TO tender;
            SET allow_in_place_tablespaces = on;
            """ + "CREATE TABLESPACE hostile LOCATION '';")
        var results: [String] = []
        for isHostile in [false, true] {
            try await TestDatabase.with(cluster, named: isHostile ? "hostile" : "calm") { database in
                try await database.psql(
                    "CREATE ACCESS METHOD hostile TYPE TABLE HANDLER heap_tableam_handler;\n" + Self.objects + """
                        DO $$ DECLARE r regclass; BEGIN
                            FOR r IN SELECT oid FROM pg_class WHERE relnamespace = 's'::regnamespace AND relkind IN ('r', 'p', 'm', 'v')
                            LOOP EXECUTE format('ALTER TABLE %s OWNER TO owner', r); END LOOP;
                        END $$;
                        ALTER SCHEMA s OWNER TO owner;
                        """)
                if isHostile { try await Self.beset(database) }
                results.append(try await Self.tended(database, as: "tender"))
            }
        }
        let calm = (results.first ?? "").replacing("calm", with: "hostile").split(separator: "\n")
        let hostile = (results.last ?? "").split(separator: "\n")
        #expect(!calm.isEmpty && hostile.difference(from: calm).map { "\($0)" } == [])
        try await cluster.destroy()
    }

    /// Everything that this server lets a role have (the others are of the start of a backend), for the role in this database; and the role of the sessions.
    private static func beset(_ database: TestDatabase) async throws {
        let connection = try await database.connect()
        let rows = try await connection.rows(
            """
            SELECT name, reset_val AS setting, vartype, min_val, max_val, enumvals FROM pg_settings
            WHERE context IN ('user', 'superuser') AND name NOT LIKE '%.%'
            """)
        var statements = ["ALTER ROLE tender IN DATABASE \(database.name) SET role = 'other'"]
        for row in rows {
            guard let value = try hostile(row) else { continue }
            let name: String = try row.decode("name")
            // SET takes a quoted list of schemas for the name of one.
            let literal = name == "search_path" ? value : "'\(value)'"
            statements.append("ALTER ROLE tender IN DATABASE \(database.name) SET \(name) = \(literal)")
        }
        await connection.close()
        try await database.psql(statements.joined(separator: ";\n"))
    }

    // MARK: - One that ends a session before it is pinned

    @Test(
        arguments: PostgresVersion.underTest,
        ["statement_timeout", "idle_session_timeout", "transaction_timeout"])
    func aLimitOfAMillisecondEndsNoSession(version: PostgresVersion, limit: String) async throws {
        guard limit != "transaction_timeout" || version.rawValue >= 17 else { return }
        try await TestDatabase.with(version) { database in
            let role = "limited_\(database.name)"
            try await database.psql("CREATE ROLE \(role) LOGIN; ALTER ROLE \(role) SET \(limit) = 1")
            let connection = try await database.connect(user: role)
            try await connection.script(unsafe: "SELECT pg_sleep(0.01); RESET ALL; SELECT pg_sleep(0.01)")
            await connection.close()
            try await database.psql("DROP ROLE \(role)")
        }
    }

    /// A pooler takes no settings at the start of a session: what ends it then is said.
    @Test(arguments: PostgresVersion.underTest)
    func behindAPoolerItIsSaid(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await Pgbouncer.with(before: database.cluster, .session) { pooler in
                // Whoever looks for a function waits for longer than that.
                let holder = try await database.connect()
                try await holder.script(unsafe: "BEGIN; LOCK TABLE pg_proc IN ACCESS EXCLUSIVE MODE")
                try await database.cluster.psql("ALTER DATABASE \(database.name) SET statement_timeout = 1")
                let error = await #expect(throws: PostgresError.self) {
                    try await database.connect(
                        ["host": pooler.folder], options: SessionOptions(acceptsSessionPooler: true))
                }
                await holder.close()
                let said = String(describing: error)
                #expect(error?.kind == .pooler && said.contains("passes no settings on"), "\(said)")
                #expect(error?.hint?.contains("RESET statement_timeout") == true, "\(said)")
            }
        }
    }
}
