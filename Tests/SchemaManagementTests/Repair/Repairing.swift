import Maintenance
import SchemaDesign
import TestSupport

@testable import SchemaManagement

extension TestDatabase {
    /// Patient enough for a machine that does other things, too.
    static let patientLocks = LockBudget(perStep: .seconds(3), perTableAndHour: .seconds(30))

    /// - Parameter folder: a relay's; nil for the server itself.
    func conninfo(as user: String = "postgres", through folder: String?) -> String {
        conninfo(user: user, folder.map { ["host": $0] } ?? [:])
    }

    func repairing(
        _ mappings: [String] = [], columns: [String] = [], filling: [String] = [], replacing: [String] = [],
        settingAside: [String] = [], dropping: [String] = [], as user: String = "postgres",
        through folder: String? = nil,
        locks: LockBudget = patientLocks, golangMigrateTable: GolangMigrateTable = .default,
        takesOverMigrations: Bool = false, replacesTriggers: Bool = false, searchPath: String? = nil,
        release: SchemaRelease = .platform, trusting others: [String] = []
    ) -> SchemaRepair {
        SchemaRepair(
            conninfo: conninfo(as: user, through: folder), applicationName: "pgtend test",
            programVersion: "1.2.3",
            choices: RepairChoices(
                mappings: mappings.compactMap { ValueMapping($0) }, sources: columns.compactMap { ColumnChoice($0) },
                fillings: filling.compactMap { ColumnChoice($0) }, replaced: replacing, setAside: settingAside,
                dropped: dropping.compactMap { PartChoice($0) }, replacesTriggers: replacesTriggers,
                searchPath: searchPath), locks: locks,
            golangMigrateTable: golangMigrateTable, takesOverMigrations: takesOverMigrations, release: release,
            trusting: [DriftedDatabase.owner(of: self)] + others)
    }

    /// - Returns: how the database stands afterwards.
    @discardableResult
    func repair(
        _ mappings: [String] = [], through folder: String? = nil, locks: LockBudget = patientLocks,
        trusting others: [String] = []
    ) async throws -> SchemaDiagnosis {
        try await repairing(mappings, through: folder, locks: locks, trusting: others).run { _ in
        } done: { _, _ in
        }
    }

    /// Without what vacuum and analyze change, and without roles and their members, which other tests of the cluster make and drop.
    func facts() async throws -> CatalogFacts {
        let live = try await SchemaVerifier(conninfo: conninfo(), applicationName: "pgtend test").verify().live
        var facts = CatalogFacts()
        for object in live.objects where ![.role, .member].contains(object.kind) {
            for (property, value) in live[object] ?? [:] where property != .bytes && property != .rows {
                facts.add(object, property, value)
            }
        }
        return facts
    }
}

/// The table in which the tool records its state.
enum GolangMigrate {
    static func table(_ name: String = "public.schema_migrations", _ version: Int = 1, dirty: Bool) -> String {
        """
        CREATE TABLE \(name) (version bigint PRIMARY KEY, dirty boolean NOT NULL);
        INSERT INTO \(name) VALUES (\(version), \(dirty));

        """
    }
}

extension ServerFailure {
    /// What `body` fails with; nil where it does not.
    static func of(_ body: () async throws -> Void) async -> ServerFailure? {
        do {
            try await body()
            return nil
        } catch {
            return error as? ServerFailure
        }
    }
}

/// Every row of the older tables as it was, by table and key, in `kept.rows`: what a repair must not lose.
enum KeptRows {
    private static let json = """
        CREATE SCHEMA IF NOT EXISTS kept;
        -- A row as JSON; an instant without a zone counts as UTC. A row without an id is known by all that it holds.
        CREATE OR REPLACE FUNCTION kept.rows_of(target regclass) RETURNS TABLE (id text, content jsonb)
        LANGUAGE plpgsql AS $$
        DECLARE
            zoned text := (
                SELECT coalesce(string_agg(format(' || jsonb_build_object(%L, r.%I AT TIME ZONE ''UTC'')', attname, attname), ''), '')
                FROM pg_attribute WHERE attrelid = target AND atttypid = 'timestamp'::regtype AND NOT attisdropped);
        BEGIN
            RETURN QUERY EXECUTE format('SELECT coalesce(to_jsonb(r) ->> ''id'', to_jsonb(r)::text), to_jsonb(r)%s FROM %s AS r', zoned, target);
        END
        $$;
        """

    /// Of every table that stands in `mcp` now.
    static func keep(_ database: TestDatabase) async throws {
        try await database.psql(
            json + """
                CREATE TABLE kept.rows AS
                SELECT c.relname::text AS name, r.id, r.content
                FROM pg_class AS c CROSS JOIN LATERAL kept.rows_of(c.oid) AS r
                WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                """)
    }

    /// What has become otherwise: rows that are gone or new, and values that are others than they were, but for a NULL
    /// that was filled. A renamed column is looked for as `pgtend_old_…` and, under its own name, must read the same. A
    /// table that was replaced, or set aside, is looked for under the name that it has by now.
    ///
    /// - Parameter isMapped: whether values of columns that were converted may be called otherwise now.
    static func losses(_ database: TestDatabase, mapped isMapped: Bool = false) async throws -> String {
        try await database.psql(
            """
            CREATE TEMPORARY TABLE now AS
            SELECT k.name, r.id, r.content
            FROM (SELECT DISTINCT name FROM kept.rows) AS k
            CROSS JOIN LATERAL kept.rows_of((
                SELECT to_regclass('mcp.' || quote_ident(p.prefix || k.name))
                FROM (VALUES (1, 'pgtend_old_'), (2, 'pgtend_aside_'), (3, '')) AS p (place, prefix)
                WHERE to_regclass('mcp.' || quote_ident(p.prefix || k.name)) IS NOT NULL
                ORDER BY p.place LIMIT 1
            )) AS r;
            SELECT l.name, l.what, count(*)
            FROM (
                SELECT coalesce(k.name, n.name) AS name,
                    CASE WHEN n.id IS NULL THEN 'gone' WHEN k.id IS NULL THEN 'new' ELSE o.key END AS what
                FROM kept.rows AS k
                FULL JOIN now AS n ON (n.name, n.id) = (k.name, k.id)
                LEFT JOIN LATERAL (
                    SELECT e.key FROM jsonb_each(k.content) AS e
                    WHERE e.value <> 'null' AND (
                        n.content ? e.key AND n.content -> e.key IS DISTINCT FROM e.value
                            AND NOT (\(isMapped) AND n.content ? ('pgtend_old_' || e.key))
                        OR NOT n.content ? e.key AND NOT n.content ? ('pgtend_old_' || e.key)
                        OR n.content ? ('pgtend_old_' || e.key)
                            AND n.content -> ('pgtend_old_' || e.key) IS DISTINCT FROM e.value)
                ) AS o ON true
                WHERE n.id IS NULL OR k.id IS NULL OR o.key IS NOT NULL
                UNION ALL
                SELECT k.name, 'not copied'
                FROM (SELECT name, count(*) AS rows FROM kept.rows GROUP BY 1) AS k
                CROSS JOIN LATERAL kept.rows_of(to_regclass('mcp.' || quote_ident(k.name))) AS r
                WHERE to_regclass('mcp.' || quote_ident('pgtend_old_' || k.name)) IS NOT NULL
                GROUP BY k.name, k.rows HAVING count(*) < k.rows
            ) AS l
            GROUP BY 1, 2 ORDER BY 1, 2
            """)
    }
}

extension SchemaGap {
    /// What is unknown, but for members: roles are the cluster's, and other tests beside may make some.
    var unknownOfThisDatabase: [CatalogObject] { unknown.filter { $0.kind != .member } }
}
