import CivilTime
import Maintenance
import Reporting
import SQLText

/// How long a table still has partitions, how urgent that is, and what keeps it from getting further ones.
struct RunwayStatus {
    let runway: Runway
    let level: RunwayLevel
    /// A clause; nil where nothing has to be said.
    private let obstacle: String?

    /// - Parameters:
    ///   - grace: the time since a run should have extended it. What the next run will make is missing no sooner.
    ///   - isTended: false where discovery is off and no entry names it.
    init(_ runway: Runway, in plan: Plan, grace: Duration, isTended: Bool = true) {
        self.runway = runway
        let refusals = plan.refusals.filter { $0.task == .partitions && $0.object == runway.table }
        let missing = plan.steps.count { $0.kind == .createPartition && $0.object == runway.table }
        level = runway.level(after: refusals.isEmpty && missing > 0 ? .zero - grace : .zero)
        if !isTended {
            obstacle =
                "it is not tended: partitions.discover is off, and partitions.sets does not name it; "
                + "with enabled: false there this is meant"
        } else if let refusal = refusals.first {
            obstacle = "it is not tended: \(refusal.explanation); \(refusal.cure.labelled)"
        } else if missing > 0 {
            obstacle = "\(missing.counted("partition is", "partitions are")) due that no run has made"
        } else {
            obstacle = runway.isExhausted ? nil : RunwayWords.promisesNoMore
        }
    }

    /// The sentence about what needs somebody; nil if nothing does.
    var trouble: String? {
        guard level != .ample else { return nil }
        let word = level == .critical ? "critical" : "warning"
        return "\(word): \(RunwayWords.sentence(about: runway))\(obstacle.map { "; \($0)" } ?? "")".visible
    }

    /// The sort key: the remaining time, the maximum for an unbounded runway.
    var size: Duration {
        runway.isUnbounded ? .microseconds(Int64.max) : runway.isExhausted ? .zero : runway.remaining ?? .zero
    }
}
