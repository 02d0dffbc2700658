import CivilTime
import Maintenance
import Testing

@Suite("Run summary")
struct RunSummaryTests {
    private static let step = PlanStep(
        .refreshView(RefreshView(view: app("v"), mode: .concurrent, owner: "o", role: "o")), reason: "due",
        limits: StepLimits(locks: LockBudget(), statementTimeout: .seconds(1)))

    private static func summary(_ change: (inout RunSummary) -> Void = { _ in }) -> RunSummary {
        var summary = RunSummary(
            runID: "0", database: "shop", tasks: [.views], startedAt: utc("2025-11-23"), objectsInView: 1)
        change(&summary)
        return summary
    }

    private static func ended(_ outcome: StepOutcome) -> StepReport {
        StepReport(step: step, outcome: outcome, duration: .zero)
    }

    private static let held = HeldRunLock(
        task: .views, pid: 1, application: "pgtend", user: "u", client: "local socket", since: utc("2025-11-23"))
    private static let refusal = Refusal(
        task: .views, object: app("v"), reason: .missing, explanation: "gone", cure: "create it")

    @Test("The verdict is the worst that happened")
    func isTheWorst() {
        let lost = ServerFailure(failureClass: .connection, message: "gone")
        #expect(Self.summary().verdict == .done)
        #expect(Self.summary { $0.objectsInView = 0 }.verdict == .nothingToMaintain)
        #expect(Self.summary { ($0.objectsInView, $0.missingSchemas) = (0, ["mcp"]) }.verdict == .nothingToMaintain)
        #expect(Self.summary { ($0.objectsInView, $0.missingSchemas) = (0, ["shpo"]) }.verdict == .refused)
        #expect(Self.summary { $0.missingSchemas = ["mcp"] }.verdict == .refused)
        #expect(Self.summary { $0.reports = [Self.ended(.superseded(reason: "done by others"))] }.verdict == .done)
        // Each adds something worse to what was there before.
        var summary = Self.summary { $0.reports = [Self.ended(.done), Self.ended(.postponed(tries: 5, blockers: []))] }
        #expect(summary.verdict == .postponed)
        summary.refusals = [Self.refusal]
        #expect(summary.verdict == .refused)
        summary.heldLocks = [Self.held]
        #expect(summary.verdict == .held)
        summary.reports.append(Self.ended(.failed(lost)))
        #expect(summary.verdict == .failed)
        summary.failure = lost
        #expect(summary.verdict == .unavailable(lost))
        summary.failure?.failureClass = .authentication
        #expect(summary.verdict == .authentication)
        summary.interruption = "SIGTERM"
        #expect(summary.verdict == .interrupted)
    }

    @Test("Reports are counted by word and kind")
    func counts() {
        let summary = Self.summary { $0.reports = [Self.ended(.done), Self.ended(.done)] }
        #expect(summary.count(.done) == 2 && summary.count(.done, of: .refreshView) == 2)
        #expect(summary.count(.done, of: .createPartition) == 0 && summary.count(.failed) == 0)
    }

    @Test(
        "A bound is written as its key's type writes it",
        arguments: [
            (.timestamptz, "2025-03-01 05:00:00+00"), (.timestamp, "2025-03-01 05:00:00"), (.date, "2025-03-01"),
        ] as [(PartitionKeyType, String)])
    func writesBounds(type: PartitionKeyType, expected: String) {
        #expect(type.literal(utc("2025-03-01 05:00:00")) == expected)
    }
}
