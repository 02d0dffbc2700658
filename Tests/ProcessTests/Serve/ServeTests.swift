import Foundation
import TestSupport
import Testing

/// The service as a process: what it does by itself, and what its signals do.
@Suite("Serve", .serialized)
struct ServeTests {
    @Test(arguments: PostgresVersion.underTest)
    func tendsAtOnceWithoutAFileAndHoldsNoConnectionBetweenRuns(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Shop.agedTables(in: "shop") + Shop.slowView)
            let service = try ServeProcess(database.conninfo())
            try await service.waitForEachKind()
            try await database.psql(Shop.insertsForNow(in: "shop"))
            #expect(try await database.psql("SELECT text FROM shop.slow") == "new")
            try await database.wait(
                until:
                    "NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'pgtend%' AND datname = current_database())"
            )
            #expect(
                try await database.psql(LedgerRules.completed) == "partitions statistics views")
            let result = try await service.stop()
            let events = try result.reports.compactMap { $0["event"] as? String }
            #expect(events.first == "service_started" && events.last == "service_stopped")
            #expect(events.count { $0 == "ledger_installed" } == 1)
        }
    }

    @Test func aRestartNeitherForgetsNorRepeatsASlot() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.slowView)
            let first = try ServeProcess(database.conninfo(), every: "7d")
            try await first.waitForEachKind()
            first.program.send(SIGKILL)
            _ = try await first.program.result()
            let second = try ServeProcess(database.conninfo(), every: "7d")
            try await second.wait(for: "slot_elsewhere", times: 3)
            #expect(second.count("run_finished") == 0)
            try await second.stop()
            #expect(
                try await database.psql(
                    "SELECT count(*), count(*) FILTER (WHERE state = 'completed') FROM pgtend_ledger.run")
                    == "3|3")
        }
    }

    @Test func aSlotWhoseServiceWasKilledIsTakenOver() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.slowView + "UPDATE shop.pace SET seconds = 100;")
            let first = try ServeProcess(database.conninfo(), every: "7d")
            try await database.waitForSession(where: Shop.isDawdling)
            first.program.send(SIGKILL)
            _ = try await first.program.result()
            try await database.psql("UPDATE shop.pace SET seconds = 0")
            let second = try ServeProcess(database.conninfo(), every: "7d")
            try await second.wait(for: "run_taken_over")
            try await second.waitForEachKind(of: ["views"])
            try await second.stop()
            let runs =
                "SELECT string_agg(r.state, ' ' ORDER BY r.attempt) FROM pgtend_ledger.run AS r JOIN pgtend_ledger.slot AS s ON s.id = r.slot_id WHERE s.task = 'views'"
            #expect(try await database.psql(runs) == "abandoned completed")
            #expect(try await database.psql("SELECT text FROM shop.slow") == "new")
        }
    }

    // MARK: Signals

    @Test func reloadsAGoodConfigurationAndRefusesABadOne() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.slowView)
            let text = "databases:\n  - name: shop\n    conninfo: \"\(database.conninfo())\"\n    schemas: [shop]\n"
            try await withFile(text) { path in
                let service = try ServeProcess(config: path)
                try await service.waitForEachKind()
                try (text + "    views: {schedule: {evry: 1min}}\n    lock_tries: none\n").write(
                    toFile: path, atomically: true, encoding: .utf8)
                service.program.send(SIGHUP)
                try await service.wait(for: "configuration_refused")
                try (text + "    views: {schedule: {every: 1s}}\n").write(
                    toFile: path, atomically: true, encoding: .utf8)
                service.program.send(SIGHUP)
                try await service.wait(for: "configuration_reloaded")
                try await service.wait(for: "run_finished", times: 6)
                let reports = try await service.stop().reports
                let refused = try #require(reports.first { $0["event"] as? String == "configuration_refused" })
                let said =
                    "\(refused["message"] ?? "") \(refused["remarks"] ?? "")"
                    + reports.filter { $0["event"] as? String == "configuration_problem" }.map {
                        "\($0["message"] ?? "")"
                    }.joined()
                #expect(
                    said.contains(":5:24:") && said.contains("did you mean 'every'?") && said.contains(":6:17:"),
                    "\(said)")
                let reloaded = try #require(reports.first { $0["event"] as? String == "configuration_reloaded" })
                #expect("\(reloaded)".contains("15min -> 1s"), "\(reloaded)")
            }
        }
    }

    @Test(arguments: [false, true])
    func stopsInMidRefreshAfterItsGraceOrAtOnceWhenHurried(isHurried: Bool) async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.slowView + "UPDATE shop.pace SET seconds = 100;")
            let service = try ServeProcess(
                database.conninfo(), every: "7d", environment: ["PGTEND_STOP_GRACE": isHurried ? "10min" : "1s"])
            try await database.waitForSession(where: Shop.isDawdling)
            service.program.send(SIGTERM)
            try await service.wait(for: "service_stopping")
            if isHurried { service.program.send(SIGTERM) }
            let result = try await service.program.result(within: .seconds(30))
            #expect(result.ending == .exited(0), "\(result)")
            #expect(try result.reports.contains { $0["event"] as? String == "run_interrupted" })
            #expect(try result.reports.contains { $0["event"] as? String == "service_hurried" } == isHurried)
            #expect(try await database.psql("SELECT text FROM shop.slow") == "old")
            #expect(
                try await database.psql(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'REFRESH%' AND state = 'active'"
                ) == "0")
            #expect(
                try await database.psql(
                    "SELECT r.state, s.state FROM pgtend_ledger.run AS r JOIN pgtend_ledger.slot AS s ON s.id = r.slot_id WHERE s.task = 'views'"
                )
                    == "interrupted|open")
        }
    }

    @Test func aStepThatEndsWithinTheGraceIsDone() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.slowView + "UPDATE shop.pace SET seconds = 2;")
            let service = try ServeProcess(database.conninfo(), every: "7d")
            try await database.waitForSession(where: Shop.isDawdling)
            try await service.stop()
            #expect(try await database.psql("SELECT text FROM shop.slow") == "new")
        }
    }

    // MARK: Several at once

    @Test(.timeLimit(.minutes(3)), arguments: PostgresVersion.underTest)
    func ofSeveralServicesEachSlotIsCompletedOnceAlsoWhenOneIsKilledWithTheLock(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Shop.agedTables(in: "shop") + Shop.slowView)
            func serve() throws -> ServeProcess { try ServeProcess(database.conninfo(), every: "1s") }
            var services = [try serve(), try serve()]
            for service in services { try await service.wait(for: "service_started") }
            for round in 0..<3 {
                let finished = services.map { $0.count("run_finished") }
                try await services[1].wait(for: "run_finished", times: finished[1] + 2)
                // Whoever gets the next slot of the view holds the lock until it is killed.
                try await database.psql("UPDATE shop.pace SET seconds = 100")
                try await database.waitForSession(where: Shop.isDawdling)
                let index = round % 2
                services[index].program.send(SIGKILL)
                _ = try await services[index].program.result()
                try await database.psql("UPDATE shop.pace SET seconds = 0")
                // Not the killed one held it: then its refresh is ended for it.
                try await database.psql(
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity AS a WHERE datname = current_database() AND \(Shop.isDawdling)"
                )
                services[index] = try serve()
                try await services[index].wait(for: "service_started")
            }
            try await services[0].wait(for: "run_finished", times: services[0].count("run_finished") + 2)
            for service in services { try await service.stop() }
            for (rule, query) in LedgerRules.none {
                #expect(try await database.psql(query) == "", "\(rule)")
            }
            for task in ["partitions", "views", "statistics"] {
                #expect(try await database.psql(LedgerRules.missingSlots(task)) == "", "\(task)")
            }
            #expect(
                try await database.psql("SELECT count(*) >= 10 FROM pgtend_ledger.slot WHERE state IN ('ran', 'late')")
                    == "t")
            #expect(try await database.psql("SELECT count(DISTINCT pid) >= 3 FROM pgtend_ledger.run") == "t")
            #expect(try await database.psql("SELECT text FROM shop.slow") == "new")
        }
    }
}
