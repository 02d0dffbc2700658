import Foundation
import TestSupport
import Testing

/// The built program, where it reports by itself: in a real journal, on a terminal, into a file of JSON lines.
@Suite("Reports of the program")
struct ReportingProcessTests {
    private static let runFinished = "75b2f24c3cf7407e895e71389c507065"
    private static let runAborted = "c8a25ea5e1a6405c9cca00e4700e4b75"
    private static let stepFailed = "6c8f0e7512964cb2aa1e374be5bcd1a0"

    /// Two tables that need four partitions each; an event trigger refuses those of one.
    private static let schema = """
        CREATE SCHEMA shop;
        CREATE TABLE shop.orders (at timestamptz NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE shop.orders_2025_01 PARTITION OF shop.orders
            FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2025-02-01 00:00:00+00');
        CREATE TABLE shop.orders_2025_02 PARTITION OF shop.orders
            FOR VALUES FROM ('2025-02-01 00:00:00+00') TO ('2025-03-01 00:00:00+00');
        CREATE TABLE shop.audit (at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE shop.audit_2025_01 PARTITION OF shop.audit FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
        CREATE TABLE shop.audit_2025_02 PARTITION OF shop.audit FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
        CREATE FUNCTION shop.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE 'shop.audit%') THEN
                RAISE EXCEPTION 'not on my watch' USING ERRCODE = 'insufficient_privilege';
            END IF;
        END $$;
        CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION shop.refuse();
        """

    private func run(_ database: TestDatabase) -> [String] {
        [Program.pgtend, "run", "partitions", "--database", database.conninfo(), "--schema", "shop"]
    }

    @Test(.enabled(if: StandaloneJournal.isPermitted, Comment(rawValue: StandaloneJournal.requirement)))
    func areStructuredEntriesOfTheJournalUnderSystemd() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.schema)
            try await StandaloneJournal.with { journal in
                _ = try await journal.runAsService(run(database), identifier: "stream")
                let made = Set(try await partitions(of: "orders", in: database))
                #expect(made.count == 6)

                #expect(try await journal.records("SYSLOG_IDENTIFIER=stream").isEmpty, "a line that is not an entry")
                let records = try await journal.records("SYSLOG_IDENTIFIER=pgtend", "_TRANSPORT=journal")
                let summary = try #require(records.last)
                #expect(summary["MESSAGE_ID"] == Self.runFinished)
                #expect(summary["PRIORITY"] == "3")
                #expect(summary["PGTEND_DONE"] == "4")
                #expect(summary["PGTEND_FAILED"] == "4")
                #expect(summary["PGTEND_OUTCOME"] == "failed")
                let named = (summary.fields["PGTEND_PARTITION"] ?? []).map { String(decoding: $0, as: UTF8.self) }
                #expect(Set(named) == made.subtracting(["shop.orders_2025_01", "shop.orders_2025_02"]))

                let failures = records.filter { $0["MESSAGE_ID"] == Self.stepFailed }
                #expect(failures.count == 4)
                for failure in failures {
                    #expect(failure["PRIORITY"] == "3")
                    #expect(failure["PGTEND_SQLSTATE"] == "42501")
                    #expect(failure["PGTEND_RELATION"] == "shop.audit")
                    #expect(failure["PGTEND_RUN_ID"] == summary["PGTEND_RUN_ID"])
                    #expect(failure["MESSAGE"]?.contains("not on my watch (SQLSTATE 42501)") == true)
                }
            }
        }
    }

    @Test(.enabled(if: StandaloneJournal.isPermitted, Comment(rawValue: StandaloneJournal.requirement)))
    func sayInTheJournalThatThereIsNoServer() async throws {
        try await StandaloneJournal.with { journal in
            let conninfo = "host=/nonexistent dbname=shop"
            let result = try await journal.runAsService(
                [Program.pgtend, "run", "--database", conninfo], identifier: "stream")
            #expect(result.ending != .exited(0))
            let records = try await journal.records("SYSLOG_IDENTIFIER=pgtend")
            #expect(records.map { $0["MESSAGE_ID"] } == [Self.runAborted])
            #expect(records.first?["PGTEND_FAILURE_CLASS"] == "connection")
            #expect(records.first?["MESSAGE"]?.contains("/nonexistent") == true)
        }
    }

    @Test func endOnATerminalWithoutATraceOfTheProgressLine() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.schema)
            let command = run(database)
            let result = try await Program.run(
                command[0], Array(command.dropFirst()), environment: ["TERM": "xterm"], output: .terminal)
            let output = result.standardOutput
            #expect(output.contains("1 of 8: create partition"))
            #expect(output.contains("\u{1B}[1;31merror:\u{1B}[0m failed: create partition"))
            let afterLastErasure = try #require(output.components(separatedBy: "\r\u{1B}[2K").last)
            #expect(afterLastErasure.contains("run on "))
            #expect(afterLastErasure.hasSuffix("\n"))
        }
    }

    @Test func areObjectsOnLinesForAProgram() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.schema)
            let command = run(database) + ["--log-format", "json"]
            let result = try await Program.run(command[0], Array(command.dropFirst()))
            let objects = try result.standardError.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(objects.first?["event"] as? String == "run_started")
            #expect(objects.last?["event"] as? String == "run_finished")
            #expect(objects.count { $0["event"] as? String == "step_done" } == 4)
            #expect(objects.count { $0["event"] as? String == "step_failed" } == 4)
            #expect(Set(objects.compactMap { $0["run_id"] as? String }).count == 1)
        }
    }

    private func partitions(of table: String, in database: TestDatabase) async throws -> [String] {
        try await database.psql(
            "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'shop.\(table)'::regclass"
        )
        .split(separator: "\n").map(String.init)
    }
}
