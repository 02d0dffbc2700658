import Maintenance
import TestSupport

/// A set whose siblings have everything that a partition can have of its own, and roles named after the database.
struct TemplateFixture {
    let database: TestDatabase

    var owner: String { "owner_\(database.name)" }
    var reader: String { "reader_\(database.name)" }
    var writer: String { "writer_\(database.name)" }

    static func with(
        _ version: PostgresVersion, _ body: (TemplateFixture) async throws -> Void
    ) async throws {
        try await TestDatabase.with(version) { database in
            let fixture = TemplateFixture(database: database)
            let roles = [fixture.owner, fixture.reader, fixture.writer]
            for role in roles { try await database.psql("CREATE ROLE \(role)") }
            try await fixture.make()
            do { try await body(fixture) } catch {
                try await fixture.drop(roles)
                throw error
            }
            try await fixture.drop(roles)
        }
    }

    private func drop(_ roles: [String]) async throws {
        for role in roles { try await database.psql("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)") }
    }

    private func make() async throws {
        let hasSiblingIdentity = database.cluster.version.rawValue < 17
        try await database.psql(
            PastSQL.procedure + """
                CREATE SCHEMA s AUTHORIZATION \(owner);
                GRANT USAGE ON SCHEMA s TO \(reader), \(writer);
                CREATE TABLE s.tenants (id integer PRIMARY KEY);
                ALTER TABLE s.tenants OWNER TO \(owner);
                CREATE FUNCTION s.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                SET ROLE \(owner);
                CREATE TABLE s.p (
                    id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, tenant integer REFERENCES s.tenants,
                    amount numeric NOT NULL DEFAULT 1 CHECK (amount > 0), doubled numeric GENERATED ALWAYS AS (amount * 2) STORED,
                    note text, code text NOT NULL, PRIMARY KEY (id, at)
                ) PARTITION BY RANGE (at);
                CREATE TABLE s.audits (id bigint, at timestamptz, FOREIGN KEY (id, at) REFERENCES s.p);
                COMMENT ON COLUMN s.p.note IS 'what was said; "quoted" and ''more''';
                CREATE INDEX ON s.p USING brin (at);
                CREATE UNIQUE INDEX p_code ON s.p (code, at);
                CREATE INDEX ON s.p (lower(note)) WHERE amount > 5;
                CREATE STATISTICS s.p_together ON tenant, amount FROM s.p;
                ALTER TABLE s.p ALTER note SET STORAGE EXTERNAL;
                CREATE TRIGGER cloned AFTER INSERT ON s.p FOR EACH ROW EXECUTE FUNCTION s.noted();
                RESET ROLE;
                """ + PastSQL.months("s.p"))
        // Both siblings alike, and unlike what CREATE TABLE would give.
        try await database.psql(
            """
            CREATE PUBLICATION named_\(database.name);
            DO $$ DECLARE t regclass; BEGIN
                FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 's.p'::regclass LOOP
                    EXECUTE format('ALTER TABLE %s OWNER TO \(owner)', t);
                    EXECUTE 'SET ROLE \(owner)';
                    EXECUTE format('GRANT SELECT ON %s TO \(reader) WITH GRANT OPTION', t);
                    EXECUTE format('GRANT INSERT, UPDATE (note), UPDATE (amount) ON %s TO \(writer)', t);
                    EXECUTE format('GRANT SELECT (id) ON %s TO PUBLIC', t);
                    EXECUTE format('GRANT REFERENCES ON %s TO PUBLIC', t);
                    EXECUTE format('REVOKE TRUNCATE ON %s FROM \(owner)', t);
                    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
                    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
                    EXECUTE format('CREATE POLICY "by tenant" ON %s AS RESTRICTIVE FOR UPDATE TO \(reader), \(writer)
                        USING (tenant IN (SELECT x.id FROM s.tenants AS x WHERE x.id = %s.tenant)) WITH CHECK (note <> ''%s.a'')', t, t, t);
                    EXECUTE format('CREATE POLICY all_of_it ON %s USING (true)', t);
                    EXECUTE format('ALTER TABLE %s SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, toast.autovacuum_enabled = off)', t);
                    EXECUTE format('ALTER TABLE %s ALTER note SET STATISTICS 700, ALTER tenant SET (n_distinct = -0.5), ALTER code SET STORAGE MAIN, ALTER code SET STATISTICS 0, ALTER code SET COMPRESSION pglz', t);
                    EXECUTE format('CREATE TRIGGER each_statement AFTER UPDATE ON %s REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION s.noted(''a'', ''b c'')', t);
                    EXECUTE 'RESET ROLE';
                END LOOP;
            END $$
            """)
        try await database.psql(
            """
            DO $$ DECLARE t regclass; BEGIN
                FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 's.p'::regclass LOOP
                    EXECUTE 'SET ROLE \(owner)';
                    EXECUTE format('CREATE TRIGGER for_replicas BEFORE INSERT ON %s FOR EACH ROW WHEN (new.amount > 3) EXECUTE FUNCTION s.noted()', t);
                    EXECUTE format('ALTER TABLE %s ENABLE REPLICA TRIGGER for_replicas', t);
                    EXECUTE format('CREATE TRIGGER " ON %s, twice" AFTER DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION s.noted()', t, t);
                    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER " ON %s, twice"', t, t);
                    EXECUTE format('CREATE TRIGGER never AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION s.noted()', t);
                    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER never', t);
                    EXECUTE format('COMMENT ON COLUMN %s.note IS %L', t, col_description('s.p'::regclass, 6));
                    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER cloned', t);
                    EXECUTE format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %s', t,
                        (SELECT c.relname FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhrelid JOIN pg_index AS i ON i.indexrelid = c.oid
                            WHERE h.inhparent = 's.p_code'::regclass AND i.indrelid = t));
                    \(hasSiblingIdentity
                        ? "EXECUTE format('ALTER TABLE %s ALTER id ADD GENERATED ALWAYS AS IDENTITY', t);" : "")
                    EXECUTE 'RESET ROLE';
                    EXECUTE format('ALTER PUBLICATION named_\(database.name) ADD TABLE ONLY %s (id, at, code) WHERE (code <> ''x'')', t);
                END LOOP;
            END $$;
            -- From here on the owner's new tables would be open to all.
            ALTER DEFAULT PRIVILEGES FOR ROLE \(owner) GRANT ALL ON TABLES TO PUBLIC;
            ALTER DEFAULT PRIVILEGES FOR ROLE \(owner) IN SCHEMA s GRANT DELETE ON TABLES TO \(reader);
            """)
    }

    /// With time enough for a machine that is busy with other tests: foreign keys set the deadline for ATTACH too.
    func tend() async -> RunSummary {
        await database.tend([.partitions]) { $0.locks.perStep = .seconds(10) }
    }

    /// The newest of the siblings, and the partitions that a run has made: their bare names.
    func partitions() async throws -> (sibling: String, fresh: [String]) {
        let names = try await database.psql(
            "SELECT c.relname FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhrelid WHERE inhparent = 's.p'::regclass ORDER BY 1"
        ).split(separator: "\n").map(String.init)
        return (names[3], Array(names.dropFirst(4)))
    }

    /// Everything that the catalog says of a partition, with its own name written as X. A truth of its own: no query
    /// of the program is in it. Strings of the sibling's that contain its name stay what they are.
    func facts(of name: String, like sibling: String? = nil) async throws -> [String] {
        try await database.psql(
            """
            WITH t AS (SELECT c.* FROM pg_class AS c WHERE c.oid = 's.\(name)'::regclass),
            facts (fact) AS (
                SELECT concat_ws(' ', 'table', relowner::regrole, relrowsecurity, relforcerowsecurity, relreplident, relam, reltablespace, relpersistence,
                    (SELECT string_agg(o, ',' ORDER BY o) FROM unnest(reloptions) AS o)) FROM t
                UNION ALL SELECT concat_ws(' ', 'grant', g.grantee, g.privilege_type, g.is_grantable) FROM t, aclexplode(relacl) AS g
                UNION ALL SELECT concat_ws(' ', 'toast', c.reloptions) FROM t JOIN pg_class AS c ON c.oid = t.reltoastrelid
                UNION ALL SELECT concat_ws(' ', 'column', attname, atttypid, attnotnull, coalesce(attstattarget, -1),
                    (SELECT string_agg(o, ',') FROM unnest(attoptions) AS o WHERE o NOT LIKE 'pg\\_%'), attstorage, attcompression,
                    attidentity, attgenerated, atthasdef, pg_get_expr(d.adbin, d.adrelid), col_description(attrelid, attnum),
                    (SELECT string_agg(concat_ws(' ', g.grantee, g.privilege_type, g.is_grantable), ',' ORDER BY g.grantee, g.privilege_type) FROM aclexplode(attacl) AS g))
                    FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                    WHERE attrelid = 's.\(name)'::regclass AND attnum > 0
                UNION ALL SELECT concat_ws(' ', 'policy', polname, polcmd, polpermissive, polroles, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
                    FROM pg_policy WHERE polrelid = 's.\(name)'::regclass
                UNION ALL SELECT concat_ws(' ', 'trigger', tgenabled, CASE WHEN tgisinternal THEN tgfoid::regproc::text ELSE pg_get_triggerdef(oid) END, tgparentid <> 0)
                    FROM pg_trigger WHERE tgrelid = 's.\(name)'::regclass
                UNION ALL SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), indisreplident, h.inhparent::regclass)
                    FROM pg_index AS i LEFT JOIN pg_inherits AS h ON h.inhrelid = i.indexrelid WHERE indrelid = 's.\(name)'::regclass
                UNION ALL SELECT concat_ws(' ', 'constraint', contype, pg_get_constraintdef(oid), conislocal, coninhcount, conparentid <> 0)
                    FROM pg_constraint WHERE conrelid = 's.\(name)'::regclass AND contype <> 'n'
                UNION ALL SELECT concat_ws(' ', 'referred to by', conrelid::regclass, conparentid <> 0) FROM pg_constraint WHERE confrelid = 's.\(name)'::regclass
                UNION ALL SELECT concat_ws(' ', 'published', prpubid, prattrs, pg_get_expr(prqual, prrelid)) FROM pg_publication_rel WHERE prrelid = 's.\(name)'::regclass
            )
            SELECT replace(replace(replace(fact, '\(name)', 'X'), '\(sibling ?? name)', 'X'), E'\\n', ' ') FROM facts ORDER BY 1
            """
        ).split(separator: "\n").map { String($0).replacing(#/X[0-9]*_[a-z_0-9]*/#, with: "X_index") }
    }
}
