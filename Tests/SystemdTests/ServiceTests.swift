import Foundation
import TestSupport
import Testing

/// `pgtend.service` as installed, and with the drop-in that opens TCP.
@Suite(
    "Service under systemd", .serialized,
    .enabled(if: SystemdMachine.refusal == nil, Comment(rawValue: SystemdMachine.refusal ?? "")))
struct ServiceTests {
    private static let unit = "pgtend.service"

    @Test(arguments: Access.allCases)
    func startsReportsAndComesBackWhenItIsKilledOrHangs(access: Access) async throws {
        try await SystemdMachine.with { machine in
            try await machine.startServer()
            try await machine.createShop()
            try await machine.configureShop(for: Self.unit, access)
            try await machine.configure(Self.unit, "[Service]\nRestartSec=100ms\nWatchdogSec=3s")

            // `systemctl start` returns when the service has said READY=1.
            try await machine.shell("systemctl start pgtend")
            #expect(try await machine.property("ActiveState", of: Self.unit) == "active")
            let started = try await machine.entry(of: Self.unit, .serviceStarted)
            let pid = try await machine.property("MainPID", of: Self.unit)
            #expect(started["_PID"] == pid)
            #expect(started["PRIORITY"] == "5")
            #expect(started["PGTEND_DATABASE"] == "shop")
            // All three kinds of work are due at once when the service starts.
            try await machine.entry(of: Self.unit, .runFinished, count: 3)
            let runs = try await machine.records("--unit=pgtend MESSAGE_ID=\(Event.runFinished.rawValue)")
            #expect(Set(runs.map { $0["PGTEND_TASK"] }).isSuperset(of: ["partitions", "views"]))
            for run in runs {
                #expect(run["PGTEND_DATABASE"] == "shop" && run["PGTEND_SLOT"]?.hasSuffix("Z") == true)
                #expect(run["_SYSTEMD_UNIT"] == Self.unit && run["PGTEND_RUN_ID"]?.count == 32)
            }
            try await machine.psql(Shop.insertsForNow(in: "shop"), database: "shop")
            #expect(try await machine.psql("SELECT text FROM shop.slow", database: "shop") == "new")
            let status = try await machine.shell("systemctl status pgtend")
            #expect(
                status.contains(#/Status: "1 database; .*runway \d+ d.*; next \w+ of shop at 20\d\d-/#), "\(status)")

            try await machine.shell("kill -KILL \(pid)")
            try await machine.entry(of: Self.unit, .serviceStarted, count: 2)
            let second = try await machine.property("MainPID", of: Self.unit)
            #expect(second != pid)

            // Not one thread of it goes on.
            try await machine.shell("kill -STOP \(second)")
            try await machine.entry(of: Self.unit, .serviceStarted, count: 3)
            #expect(try await machine.property("NRestarts", of: Self.unit) == "2")
            #expect(try await machine.journalctl("--unit=pgtend").contains("Watchdog timeout (limit 3s)"))

            try await machine.shell("systemctl stop pgtend")
            #expect(try await machine.property("Result", of: Self.unit) == "success")
            let explained = try await machine.journalctl("--catalog --unit=pgtend")
            #expect(explained.contains("A run came to the end of its plan."))
            let lines = try await machine.records("_SYSTEMD_UNIT=\(Self.unit)")
            #expect(lines.filter { $0["MESSAGE_ID"] == nil }.compactMap { $0["MESSAGE"] } == [])
        }
    }

    @Test(arguments: Access.allCases)
    func readsItsConfigurationAgain(access: Access) async throws {
        try await SystemdMachine.with { machine in
            try await machine.startServer()
            try await machine.createShop()
            try await machine.configureShop(for: Self.unit, access)
            try await machine.shell("systemctl start pgtend")
            let pid = try await machine.property("MainPID", of: Self.unit)

            try await machine.configureShop(for: Self.unit, access, "    lock_timeout: fast")
            try await machine.shell("systemctl reload pgtend")
            let problem = try await machine.entry(of: Self.unit, .configurationProblem)
            let message = try #require(problem["MESSAGE"])
            #expect(message.contains("/etc/pgtend/pgtend.yaml:5:19: ") && message.contains("'fast'"))
            #expect(problem["PRIORITY"] == "3")

            try await machine.configureShop(for: Self.unit, access, "    lock_timeout: 100ms")
            try await machine.shell("systemctl reload pgtend")
            let reloaded = try await machine.entry(of: Self.unit, .configurationReloaded)
            #expect(reloaded["MESSAGE"]?.contains("lock_timeout: 200ms -> 100ms") == true, "\(reloaded)")
            #expect(try await machine.property("MainPID", of: Self.unit) == pid)
            #expect(try await machine.property("ActiveState", of: Self.unit) == "active")
        }
    }

    @Test(arguments: Access.allCases)
    func stopsInMidRefreshAndLeavesNothingHalfDone(access: Access) async throws {
        try await SystemdMachine.with { machine in
            try await machine.startServer()
            try await machine.createShop()
            try await machine.psql("UPDATE shop.pace SET seconds = 100", database: "shop")
            // The grace is longer than the unit's limit, which the service puts off.
            try await machine.configureShop(for: Self.unit, access, "stop_grace: 2s")
            try await machine.configure(Self.unit, "[Service]\nTimeoutStopSec=1s")
            try await machine.shell("systemctl start pgtend")
            try await machine.waitForSession(where: Shop.isDawdling)

            try await machine.shell("systemctl stop pgtend")
            #expect(try await machine.property("Result", of: Self.unit) == "success")
            #expect(try await machine.property("ExecMainStatus", of: Self.unit) == "0")
            #expect(try await machine.psql("SELECT text FROM shop.slow", database: "shop") == "old")
            // A backend says goodbye a moment after its client: what it may not do is go on working.
            try await machine.psql(
                """
                SET lock_timeout = '1s';
                BEGIN;
                LOCK TABLE shop.content IN ACCESS EXCLUSIVE MODE;
                DROP MATERIALIZED VIEW shop.slow;
                ROLLBACK
                """, database: "shop")
            try await machine.entry(of: Self.unit, .runInterrupted)
            try await machine.entry(of: Self.unit, .serviceStopped)
        }
    }

    /// Every other thread goes on, the one that sends the signs of life as well if it were not the loop's.
    @Test(arguments: Access.allCases)
    func comesBackWhenItsLoopIsBlocked(access: Access) async throws {
        try await SystemdMachine.with(programs: [Program.beside("BlockedService")]) { machine in
            try await machine.startServer()
            try await machine.createShop()
            try await machine.configureShop(for: Self.unit, access)
            try await machine.configure(
                Self.unit,
                """
                [Service]
                ExecStart=
                ExecStart=\(SystemdMachine.programs)/BlockedService
                RestartSec=100ms
                WatchdogSec=3s
                """)
            try await machine.shell("systemctl start pgtend")
            try await machine.shell("systemctl kill --signal=HUP pgtend")
            try await machine.entry("UNIT=\(Self.unit) MESSAGE_ID=\(Event.unitStarted.rawValue)", count: 2)
            let journal = try await machine.journalctl("--output=cat --unit=pgtend").split(separator: "\n")
            let blocked = try #require(journal.firstIndex(of: "the loop is blocked"))
            let restarted = try #require(journal.firstIndex { $0.contains("Watchdog timeout (limit 3s)") })
            let pulses = journal[blocked..<restarted].count { $0 == "another thread goes on" }
            #expect(pulses > 5, "\(journal)")
        }
    }

    @Test func isNotStartedAgainWithAConfigurationThatIsNotRight() async throws {
        try await SystemdMachine.with { machine in
            try await machine.write("databases: none\n", to: "/etc/pgtend/pgtend.yaml")
            try await machine.configure(Self.unit, "[Service]\nRestartSec=10ms")
            #expect(try await machine.run("systemctl", "start", "pgtend").ending == .exited(1))
            #expect(try await machine.property("ActiveState", of: Self.unit) == "failed")
            #expect(try await machine.property("ExecMainStatus", of: Self.unit) == "78")
            #expect(try await machine.property("NRestarts", of: Self.unit) == "0")
            #expect(try await machine.journalctl("--unit=pgtend").contains("/etc/pgtend/pgtend.yaml:1:12: "))
        }
    }

    @Test func hasAnInstanceForEachFile() async throws {
        try await SystemdMachine.with { machine in
            try await machine.startServer()
            try await machine.createShop()
            try await machine.configureShop(file: "shop")
            try await machine.shell("systemctl start pgtend@shop")
            try await machine.entry(of: "pgtend@shop.service", .runFinished, count: 3)
            #expect(try await machine.property("ActiveState", of: Self.unit) == "inactive")
            try await machine.psql(Shop.insertsForNow(in: "shop"), database: "shop")
            try await machine.shell("systemctl stop pgtend@shop")
            #expect(try await machine.property("Result", of: "pgtend@shop.service") == "success")
        }
    }
}
