import Foundation
import TestSupport
import Testing

/// The program beside readers that do not read: of its standard error, of its notifications, of the journal.
@Suite("Output that nobody reads", .serialized)
struct UnreadOutputTests {
    private static let world = Shop.agedTables(in: "shop") + Shop.slowView

    /// Runs and slots go on, as the ledger shows.
    private static let untilWorkGoesOn = "(SELECT count(*) >= 12 FROM pgtend_ledger.run WHERE state = 'completed')"

    @Test(arguments: [false, true])
    func ofStandardErrorStopsNeitherARunOfTheServiceNorItsEnd(isReadInTheEnd: Bool) async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.world)
            let pipe = try UnreadPipe()
            let service = try pipe.start(
                Program.pgtend,
                ["serve", "--database", database.conninfo(), "--schema", "shop", "--log-format", "json"],
                environment: ["PGTEND_VIEWS_EVERY": "1s", "PGTEND_STATISTICS_EVERY": "1s"])
            try await database.wait(
                until: "EXISTS (SELECT FROM pg_tables WHERE schemaname = 'pgtend_ledger' AND tablename = 'run')")
            try await database.wait(until: Self.untilWorkGoesOn)
            service.send(SIGTERM)
            guard isReadInTheEnd else {
                #expect(try await service.result(within: .seconds(20)).ending == .exited(0))
                return
            }
            let (text, result) = try await pipe.text(until: service)
            #expect(result.ending == .exited(0))
            let events = try text.split(separator: "\n").map { line in
                let report = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return report?["event"] as? String ?? ""
            }
            #expect(events.first == "service_started" && events.last == "service_stopped", "\(text)")
            #expect(events.count { $0 == "run_finished" } >= 12)
        }
    }

    @Test(arguments: [false, true])
    func ofNotificationsStopsNeitherTheServiceNorItsEndAndWhatMattersIsSentAgain(isAbstract: Bool) async throws {
        let socket = try NotifySocket(isAbstract: isAbstract)
        try socket.fill()
        try await TestDatabase.with { database in
            try await database.psql(Self.world)
            func serve() throws -> ServeProcess {
                try ServeProcess(database.conninfo(), environment: ["NOTIFY_SOCKET": socket.path])
            }
            let deaf = try serve()
            try await deaf.waitForEachKind()
            let result = try await deaf.stop(within: .seconds(20))
            #expect(try result.reports.count { $0["event"] as? String == "notification_failed" } == 1)

            let heard = try serve()
            try await heard.wait(for: "notification_failed")
            let messages = try await socket.messages(until: "READY=1")
            #expect(messages.dropLast().allSatisfy { $0.assignments == ["FILLER=1"] }, "\(messages)")
            #expect(messages.last?.assignments.contains { $0.hasPrefix("STATUS=1 database") } == true)
            try await heard.wait(for: "notification_resumed")
            try await heard.stop()
        }
    }

    @Test(.enabled(if: StandaloneJournal.isPermitted, Comment(rawValue: StandaloneJournal.requirement)))
    func ofTheJournalStopsNeitherARunOfTheServiceNorItsEnd() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.world)
            try await StandaloneJournal.with { journal in
                let service = try journal.startAsService(
                    [Program.pgtend, "serve", "--database", database.conninfo(), "--schema", "shop"],
                    identifier: "stream",
                    environment: ["PGTEND_VIEWS_EVERY": "1s", "PGTEND_STATISTICS_EVERY": "1s"])
                try await database.wait(
                    until: "EXISTS (SELECT FROM pg_tables WHERE schemaname = 'pgtend_ledger' AND tablename = 'run')")
                try await journal.whileDeaf {
                    try await database.psql("CREATE TABLE before AS SELECT count(*) AS runs FROM pgtend_ledger.run")
                    try await database.wait(
                        until: "(SELECT (SELECT count(*) FROM pgtend_ledger.run) > runs + 6 FROM before)")
                    service.send(SIGTERM)
                    #expect(try await service.result(within: .seconds(20)).ending == .exited(0))
                }
            }
        }
    }

    /// Neither what the run holds nor its session is kept for the reader.
    @Test(arguments: [SIGCONT, SIGINT])
    func ofARunByHandKeepsNothingInTheDatabase(signal: Int32) async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.world)
            let pipe = try UnreadPipe()
            let run = try pipe.start(
                Program.pgtend,
                ["run", "--database", database.conninfo(), "--schema", "shop", "--log-format", "json"], forBoth: true)
            try await database.wait(until: "(SELECT text = 'new' FROM shop.slow)")
            try await database.wait(
                until: """
                    NOT EXISTS (
                        SELECT FROM pg_stat_activity
                        WHERE application_name LIKE 'pgtend%' AND datname = current_database())
                    """)
            try await database.psql(Shop.insertsForNow(in: "shop"))
            guard signal == SIGCONT else {
                run.send(signal)
                #expect(try await run.result(within: .seconds(20)).ending == .exited(128 + signal))
                return
            }
            let (text, result) = try await pipe.text(until: run)
            #expect(result.ending == .exited(0), "\(text)")
            #expect(text.split(separator: "\n").last?.contains("\"run_finished\"") == true)
        }
    }

    /// All that is done stands, whether or not anybody reads of it.
    @Test func ofASchemaCommandKeepsNothingInTheDatabase() async throws {
        try await TestDatabase.with { database in
            let pipe = try UnreadPipe()
            let apply = try pipe.start(
                Program.pgtend, ["schema", "apply", "--database", database.conninfo()], forBoth: true)
            try await database.wait(
                until: "EXISTS (SELECT FROM pg_tables WHERE schemaname = 'pgtend' AND tablename = 'schema_migrations')")
            try await database.wait(
                until: """
                    NOT EXISTS (
                        SELECT FROM pg_stat_activity
                        WHERE application_name LIKE 'pgtend%' AND datname = current_database())
                    """)
            let (text, result) = try await pipe.text(until: apply)
            #expect(result.ending == .exited(0), "\(text)")
            #expect(text.contains("the schema is at"))
        }
    }
}
