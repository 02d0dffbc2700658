import Maintenance

/// What a run did and did not do, as text: "3 partitions created, 2 views refreshed; 1 step failed".
struct RunFigures {
    private let summary: RunSummary

    init(_ summary: RunSummary) {
        self.summary = summary
    }

    var sentence: String {
        if summary.verdict == .nothingToMaintain {
            let missing = missingSchemas.map { "; \($0)" }.joined()
            return "nothing to tend was found in the watched schemas\(missing)"
        }
        let achievements = ActionKind.allCases.compactMap(achievement)
        let troubles = troubles
        let cameToItsEnd = summary.failure == nil && summary.interruption == nil
        let done =
            if !achievements.isEmpty {
                achievements.joined(separator: ", ")
            } else if troubles.isEmpty, cameToItsEnd {
                "nothing had to be done"
            } else {
                "nothing done"
            }
        return troubles.isEmpty ? done : "\(done); \(troubles.joined(separator: ", "))"
    }

    private func achievement(of kind: ActionKind) -> String? {
        let count = summary.count(.done, of: kind)
        return count > 0 ? ActionWords(kind).done(count) : nil
    }

    private var troubles: [String] {
        let steps = [
            (StepOutcome.Kind.failed, "failed"), (.postponed, "postponed"), (.interrupted, "not done"),
            (.superseded, "no longer needed"),
        ].compactMap { outcome, phrase in
            let count = summary.count(outcome)
            return count > 0 ? "\(count.counted("step")) \(phrase)" : nil
        }
        let refused = summary.refusals.isEmpty ? [] : ["\(summary.refusals.count.counted("object")) refused"]
        let held = summary.heldLocks.map { "\($0.task.rawValue) held by another run" }
        return steps + refused + missingSchemas + held
    }

    private var missingSchemas: [String] {
        let missing = summary.missingSchemas
        guard !missing.isEmpty else { return [] }
        return ["\(missing.count == 1 ? "schema" : "schemas") \(missing.joined(separator: ", ")) missing"]
    }
}

extension Int {
    /// "1 step", "2 steps".
    package func counted(_ noun: String, _ plural: String? = nil) -> String {
        self == 1 ? "1 \(noun)" : "\(self) \(plural ?? noun + "s")"
    }
}
