import Maintenance
import PostgresClient
import Reporting

/// A plan as a script for psql: its SQL does what `pgtend run` would do; everything else is a comment.
struct PlanScript {
    private let database: PlannedDatabase
    private var plan: Plan { database.plan }

    init(_ database: PlannedDatabase) {
        self.database = database
    }

    var rendered: String {
        let title = [
            PlanWords.title(of: plan), PlanWords.conclusion(of: database), "",
            "For psql, in a session of its own. It does what 'pgtend run' would do, with these differences:",
            "- It does not look again, under the locks of a step, whether all is still as planned.",
            "- Each lock of a step may be waited for as long as a run would wait for all of them together, and a step",
            "  that met a lock is not tried again.",
            "- What a run goes on without where the role may not do it undoes the step: a lock, a publication.",
            "- A statement that fails undoes its step, and psql goes on with the next one; with -v ON_ERROR_STOP=1 it",
            "  stops there.",
        ]
        let settings = plan.steps.isEmpty ? [] : [SessionSettings.statements.map { "\($0);" }.joined(separator: "\n")]
        return ([comment(title)] + settings + steps + remarks).joined(separator: "\n\n")
    }

    private var steps: [String] {
        plan.steps.enumerated().map { index, step in
            let heading =
                ["\(index + 1) of \(plan.steps.count): \(step)", "  because \(step.reason)"]
                + step.locks.map { "  lock \($0.mode.rawValue) on \($0.relation): \($0.mode.effect)" }
            return ([comment(heading)] + (database.sql?[index] ?? [])).joined(separator: "\n")
        }
    }

    private var remarks: [String] {
        let refusals = plan.refusals.map {
            comment(["refused \($0.object): \($0.explanation)", "  cure: \($0.cure)"])
        }
        let findings = plan.findings.map { comment(["note on \($0.object): \($0.message)"]) }
        let schemas = plan.missingSchemas.map {
            comment(["schema \($0) does not exist", "  cure: \(MissingSchemas.cure)"])
        }
        return refusals + findings + schemas
    }

    /// A name with a newline in it must not end the comment.
    private func comment(_ lines: [String]) -> String {
        lines.map { $0.isEmpty ? "--" : "-- \($0.visible)" }.joined(separator: "\n")
    }
}
