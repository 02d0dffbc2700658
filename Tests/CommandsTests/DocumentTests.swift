import CivilTime
import Foundation
import Maintenance
import SQLText
import TestSupport
import Testing

@testable import Commands

/// The JSON of `status` and `history`: names, forms of values, and that both are one document.
@Suite("JSON documents")
struct DocumentTests {
    private static let failure = ServerFailure(
        failureClass: .connection, sqlState: .cannotConnectNow, message: "the server is starting up", cure: "wait")

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func first(_ key: String, of object: [String: Any]) throws -> [String: Any] {
        try #require((object[key] as? [[String: Any]])?.first)
    }

    @Test func theStatusNamesWhatItTells() throws {
        var ledger = SampleAnswers.ledger
        ledger.streaks = [
            LedgerFailureStreak(task: .partitions, failures: 3, since: SampleAnswers.ago(60), reason: "no")
        ]
        ledger.running = [SampleAnswers.run(.statistics, 9, .running, took: nil)]
        let document = try object(
            StatusDocument([SampleAnswers.status(ledger: ledger)], [("gone", Self.failure)]).rendered)
        let database = try first("databases", of: document)
        #expect(
            Set(database.keys) == [
                "at", "database", "has_ledger", "is_standby", "is_well", "notes", "runways", "shortest_runway_seconds",
                "tasks", "troubles", "views",
            ])
        #expect(database["at"] as? String == "2026-11-23T03:20:14.500000Z")
        #expect(database["is_well"] as? Bool == false)
        #expect(database["shortest_runway_seconds"] as? Int == 608_400)

        let task = try first("tasks", of: database)
        #expect(
            Set(task.keys) == [
                "task", "schedule", "next_due", "last_run", "failures", "failing_since", "failure_reason", "missed",
                "skipped",
            ])
        #expect(task["failures"] as? Int == 3)
        #expect(task["next_due"] as? String == "2026-11-23T04:00:00Z")
        let run = try #require(task["last_run"] as? [String: Any])
        #expect(
            Set(run.keys) == [
                "run_id", "tasks", "due", "attempt", "state", "started_at", "ended_at", "duration_seconds", "host",
                "pid",
                "backend_pid", "application", "version", "figures",
            ])
        #expect(run["duration_seconds"] as? Double == 2)

        let runway = try first("runways", of: database)
        #expect(runway["table"] as? [String: String] == ["schema": "shop", "name": "orders"])
        #expect(runway["remaining_seconds"] as? Int == 608_400)
        let view = try #require((database["views"] as? [[String: Any]])?.last)
        #expect(view["refreshed_at"] as? String == "2026-11-23T03:15:01.500000Z")
        #expect(view["duration_seconds"] as? Double == 1.234)

        let failure = try first("failures", of: document)
        #expect(failure["database"] as? String == "gone")
        #expect(failure["sqlstate"] as? String == "57P03")
    }

    @Test func aRunThatWasAskedForComesWithItsSteps() throws {
        let history = DatabaseHistory(
            database: "shop", now: SampleAnswers.now, content: .run(HistoryTextTests.detail))
        let database = try first("databases", of: object(HistoryDocument([history], []).rendered))
        let run = try first("runs", of: database)
        #expect(run["state"] as? String == "incomplete")
        #expect((run["failure"] as? [String: Any])?["sqlstate"] as? String == "57P01")
        #expect((run["figures"] as? [String: Any])?["lock_wait_seconds"] as? Double == 0)
        let step = try first("steps", of: run)
        #expect(
            Set(step.keys) == [
                "number", "task", "object", "action", "outcome", "started_at", "duration_seconds", "lock_wait_seconds",
                "attempts", "result",
            ])
        #expect(step["lock_wait_seconds"] as? Double == 0.003)
        #expect(try first("refusals", of: run)["cure"] as? String == "create one")
        #expect(try first("held_by", of: run)["pid"] as? Int == 99)
    }

    @Test func aListOfRunsHasNoSteps() throws {
        let history = DatabaseHistory(database: "shop", now: SampleAnswers.now, content: .runs(HistoryTextTests.runs))
        let database = try first("databases", of: object(HistoryDocument([history], []).rendered))
        #expect((database["runs"] as? [[String: Any]])?.count == 3)
        #expect(try first("runs", of: database)["steps"] == nil)
        #expect(database["reason"] == nil)
    }

    @Test func saysWhyThereAreNoRuns() throws {
        let history = DatabaseHistory(database: "shop", now: SampleAnswers.now, content: .nothing(reason: "no ledger"))
        let database = try first("databases", of: object(HistoryDocument([history], []).rendered))
        #expect(database["reason"] as? String == "no ledger")
        #expect((database["runs"] as? [Any])?.isEmpty == true)
    }
}
