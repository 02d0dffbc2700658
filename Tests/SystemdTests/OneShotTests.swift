import Foundation
import TestSupport
import Testing

/// `pgtend-run.service` and its timer, as installed.
@Suite(
    "One-shot unit", .serialized,
    .enabled(if: SystemdMachine.refusal == nil, Comment(rawValue: SystemdMachine.refusal ?? "")))
struct OneShotTests {
    private static let unit = "pgtend-run.service"

    @Test func tendsOverTheUnixSocketAndReportsToTheJournal() async throws {
        try await SystemdMachine.with { machine in
            try await machine.startServer()
            try await machine.createShop()
            try await machine.configureShop()
            #expect(try await machine.shell("stat --format='%A %U %G' /etc/pgtend") == "drwxr-s--- root pgtend")

            try await machine.shell("systemctl start pgtend-run")
            try await machine.psql(Shop.insertsForNow(in: "shop"), database: "shop")
            #expect(try await machine.psql("SELECT text FROM shop.slow", database: "shop") == "new")

            let reports = try await machine.reports(of: Self.unit)
            let summary = try #require(reports.last)
            #expect(summary["MESSAGE_ID"] == Event.runFinished.rawValue)
            #expect(summary["PGTEND_DATABASE"] == "shop")
            #expect(summary["PGTEND_OUTCOME"] == "done")
            #expect(summary["PRIORITY"] == "5")
            let user = try await machine.shell("id --user pgtend")
            #expect(summary["_UID"] == user)
            #expect(summary["_CAP_EFFECTIVE"] == "0")
            let explained = try await machine.journalctl("--catalog --unit=pgtend-run")
            #expect(explained.contains("A run came to the end of its plan."), "\(explained)")
            #expect(explained.contains("journalctl PGTEND_RUN_ID=\(summary["PGTEND_RUN_ID"] ?? "?")"), "\(explained)")
            // Nothing but reports: no stray line of a library, no warning of the loader.
            let lines = try await machine.records("_SYSTEMD_UNIT=\(Self.unit)")
            #expect(lines.filter { $0["MESSAGE_ID"] == nil }.compactMap { $0["MESSAGE"] } == [])
            // By hand, outside of any sandbox, neither.
            try await machine.shell("runuser -u pgtend -- pgtend plan")
            let stray = try await machine.records("_TRANSPORT=syslog SYSLOG_IDENTIFIER=pgtend")
            #expect(stray.compactMap { $0["MESSAGE"] } == [])
        }
    }

    @Test func runsWhenItsTimerSays() async throws {
        try await SystemdMachine.with { machine in
            try await machine.startServer()
            try await machine.createShop()
            try await machine.configureShop()
            try await machine.shell("systemctl start pgtend-run.timer")
            let next = try await machine.shell(
                "date --date=\"$(systemctl show -P NextElapseUSecRealtime pgtend-run.timer)\" +%M")
            #expect(["00", "01", "02"].contains(next), "on the hour, and up to two minutes later")
            try await machine.shell("systemctl stop pgtend-run.timer")
            try await machine.configure("pgtend-run.timer", "[Timer]\nOnCalendar=\nOnActiveSec=0\nRandomizedDelaySec=0")
            try await machine.shell("systemctl start pgtend-run.timer")
            let summary = try await machine.entry(of: Self.unit, .runFinished)
            #expect(summary["PGTEND_OUTCOME"] == "done")

            // Somebody else at work is no failure, since the next run does it; nor is it one to be stopped.
            try await machine.psql("UPDATE shop.pace SET seconds = 100", database: "shop")
            let other = try machine.start("runuser", "-u", "pgtend", "--", "pgtend", "run", "views")
            try await machine.waitForSession(where: Shop.isDawdling)
            try await machine.shell("systemctl start pgtend-run")
            #expect(try await machine.property("ExecMainStatus", of: Self.unit) == "4")
            #expect(try await machine.property("Result", of: Self.unit) == "success")
            try await machine.psql(
                """
                UPDATE shop.pace SET seconds = 0;
                SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity AS a WHERE \(Shop.isDawdling)
                """, database: "shop")
            _ = try await other.result()

            try await machine.psql("UPDATE shop.pace SET seconds = 100", database: "shop")
            try await machine.shell("systemctl start --no-block pgtend-run")
            try await machine.waitForSession(where: Shop.isDawdling)
            try await machine.shell("systemctl stop pgtend-run")
            #expect(try await machine.property("ExecMainStatus", of: Self.unit) == "143")
            #expect(try await machine.property("Result", of: Self.unit) == "success")

            try await machine.write("databases: none\n", to: "/etc/pgtend/pgtend.yaml")
            #expect(try await machine.run("systemctl", "start", "pgtend-run").ending == .exited(1))
            #expect(try await machine.property("ExecMainStatus", of: Self.unit) == "78")
        }
    }

    @Test func readsThePasswordThatSystemdLoads() async throws {
        try await SystemdMachine.with { machine in
            try await machine.startServer()
            try await machine.createShop()
            try await machine.authenticate("local shop pgtend scram-sha-256")
            try await machine.psql("ALTER ROLE pgtend PASSWORD 'correct horse'")
            try await machine.configureShop()

            // A missing file is no failure of the unit, but the server wants a password all the same.
            #expect(try await machine.run("systemctl", "start", "pgtend-run").ending == .exited(1))
            #expect(try await machine.property("ExecMainStatus", of: Self.unit) == "77")
            let refused = try #require(try await machine.reports(of: Self.unit).last)
            #expect(refused["MESSAGE_ID"] == Event.runAborted.rawValue)
            #expect(refused["PGTEND_FAILURE_CLASS"] == "authentication")

            try await machine.write("*:*:shop:pgtend:correct horse\n", to: "/etc/pgtend/pgpass", mode: "0600")
            try await machine.shell("systemctl start pgtend-run")
            #expect(try await machine.reports(of: Self.unit).last?["PGTEND_OUTCOME"] == "done")
            let lines = try await machine.records("_SYSTEMD_UNIT=\(Self.unit)")
            #expect(lines.filter { $0["MESSAGE_ID"] == nil }.compactMap { $0["MESSAGE"] } == [])
            let everything = lines.flatMap(\.fields.values).joined().map { String(decoding: $0, as: UTF8.self) }
            #expect(!everything.contains { $0.contains("correct horse") })
        }
    }
}
