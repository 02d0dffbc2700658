import TestSupport

extension TestDatabase {
    /// Two sessions at once: `first` in a transaction that stays open until the other waits for it, and then ends with
    /// `ending`. What became of `second`: the SQLSTATE and message that refused it, or nothing.
    func race(
        _ first: String, _ second: String, isolation: String = "READ COMMITTED", ending: String = "COMMIT"
    ) async -> String {
        async let holder: String = psql(
            """
            BEGIN;
            \(first);
            SELECT pg_advisory_lock(1);
            DO $$ BEGIN
                FOR i IN 1..6000 LOOP
                    PERFORM pg_stat_clear_snapshot();
                    IF EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))) THEN
                        RETURN;
                    END IF;
                    PERFORM pg_sleep(0.005);
                END LOOP;
                RAISE 'nobody came to wait';
            END $$;
            \(ending);
            """)
        async let waiter: String = {
            try await wait(
                until: """
                    EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = 1
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
                    """)
            return try await psql("BEGIN ISOLATION LEVEL \(isolation); \(second); COMMIT;")
        }()
        let answer: String
        do { answer = try await waiter } catch { answer = "\(error)" }
        do { _ = try await holder } catch { return "the first session failed: \(error)" }
        return answer
    }
}
