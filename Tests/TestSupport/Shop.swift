/// A schema that owes nothing to the platform's: other names, and whatever a test adds.
package enum Shop {
    /// Six tables with keys of three types, whose newest monthly partition is 20 months old.
    package static func agedTables(in schema: String, zone: String = "UTC") -> String {
        let tables = [
            ("audit", "timestamptz"), ("clicks", "timestamp"), ("days", "date"), ("events", "timestamptz"),
            ("figures", "timestamp"), ("grades", "date"),
        ]
        return "SET timezone = '\(zone)'; CREATE SCHEMA IF NOT EXISTS \(schema);"
            + tables.map { name, type in
                """
                CREATE TABLE \(schema).\(name) (at \(type) NOT NULL, what text) PARTITION BY RANGE (at);
                DO $$
                DECLARE
                    month timestamp;
                BEGIN
                    FOR age IN 20..23 LOOP
                        month := date_trunc('month', now() AT TIME ZONE '\(zone)') - make_interval(months => age);
                        EXECUTE format(
                            'CREATE TABLE \(schema).\(name)_%s PARTITION OF \(schema).\(name) FOR VALUES FROM (%L) TO (%L)',
                            to_char(month, 'YYYY_MM'), month::\(type), (month + interval '1 month')::\(type));
                    END LOOP;
                END
                $$;
                """
            }.joined(separator: "\n")
    }

    /// Tables and their partitions, whose names are `pattern` in the sense of LIKE.
    package static func giveTables(of schema: String, to owner: String, like pattern: String = "%") -> String {
        """
        DO $$
        DECLARE
            relation regclass;
        BEGIN
            FOR relation IN
                SELECT c.oid FROM pg_class AS c
                WHERE c.relnamespace = '\(schema)'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname LIKE '\(pattern)'
            LOOP
                EXECUTE format('ALTER TABLE %s OWNER TO \(owner)', relation);
            END LOOP;
        END
        $$;
        """
    }

    package static let agedNames = ["audit", "clicks", "days", "events", "figures", "grades"]

    /// Fails where one of the aged tables takes no row for the present.
    package static func insertsForNow(in schema: String) -> String {
        agedNames.map { "INSERT INTO \(schema).\($0) VALUES (now(), 'for now');" }.joined(separator: "\n")
    }

    /// A materialized view whose refresh takes `shop.pace.seconds`, and shows what `shop.content` says.
    package static let slowView = """
        CREATE SCHEMA IF NOT EXISTS shop;
        CREATE TABLE shop.pace AS SELECT 0 AS seconds;
        CREATE TABLE shop.content AS SELECT 'old' AS text;
        CREATE FUNCTION shop.dawdle() RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_catalog.pg_sleep((SELECT seconds FROM shop.pace));
            RETURN true;
        END
        $$;
        CREATE MATERIALIZED VIEW shop.slow AS SELECT c.text FROM shop.content AS c WHERE shop.dawdle();
        CREATE UNIQUE INDEX ON shop.slow (text);
        UPDATE shop.content SET text = 'new';
        """

    package static let isDawdling = "a.query LIKE 'REFRESH%' AND a.wait_event = 'PgSleep'"

    /// Returns when some session of this database answers `condition`, a WHERE on `pg_stat_activity AS a`. The server
    /// looks again and again: there is nothing to be notified by.
    package static func wait(forSessionWhere condition: String) -> String {
        """
        DO $$
        BEGIN
            FOR attempt IN 1..3000 LOOP
                PERFORM pg_stat_clear_snapshot();
                IF EXISTS (
                    SELECT FROM pg_stat_activity AS a
                    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND \(condition)
                ) THEN
                    RETURN;
                END IF;
                PERFORM pg_sleep(0.01);
            END LOOP;
            RAISE 'no session came to it';
        END
        $$;
        """
    }

    /// Beside good tables: what pgtend cannot lay a calendar over.
    package static let tablesNotUnderstood = """
        CREATE TABLE shop.by_hash (id int) PARTITION BY HASH (id);
        CREATE TABLE shop.by_list (kind text) PARTITION BY LIST (kind);
        CREATE TABLE shop.by_two (at timestamptz, id int) PARTITION BY RANGE (at, id);
        CREATE TABLE shop.by_expression (at timestamptz) PARTITION BY RANGE ((at AT TIME ZONE 'UTC'));
        CREATE TABLE shop.by_number (id bigint) PARTITION BY RANGE (id);
        """
}
