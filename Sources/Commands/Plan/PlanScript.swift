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

    /// Writes it paragraph by paragraph: the whole of 100,000 steps would be gigabytes. Cancelling the task ends it after
    /// a step.
    ///
    /// - Parameters:
    ///   - gap: comes before it.
    ///   - write: is given whole lines, the last one without its newline.
    func write(after gap: String = "", _ write: (String) -> Void) throws(ServerFailure) {
        let title = [
            PlanWords.title(of: plan), PlanWords.conclusion(of: database), "",
            "For psql, in a session of its own, as \(plan.role ?? "the role that has made this plan").",
            "It does what 'pgtend run' would do, with these differences:",
            "- It does not look again, under the locks of a step, whether all is still as planned.",
            "- Each lock of a step may be waited for as long as a run would wait for all of them together, and a step",
            "  that met a lock is not tried again.",
            "- A publication that the role may not change (that takes the owner of it, and of the table) undoes the",
            "  step; a run goes on without.",
            "- A statement that fails undoes its step, and psql goes on with the next one; with -v ON_ERROR_STOP=1 it",
            "  stops there.",
        ]
        write(gap + comment(title))
        if !plan.steps.isEmpty { write("\n" + SessionSettings.statements.map { "\($0);" }.joined(separator: "\n")) }
        for (index, step) in plan.steps.enumerated() {
            if Task.isCancelled { return }
            let heading =
                ["\(index + 1) of \(plan.steps.count): \(step)", "  because \(step.reason)"]
                + step.locks.map { "  lock \($0.mode.rawValue) on \($0.relation): \($0.mode.effect)" }
            write("\n" + ([comment(heading)] + (try database.statements(of: step))).joined(separator: "\n"))
        }
        for remark in remarks { write("\n" + remark) }
    }

    private var remarks: [String] {
        let refusals = plan.refusals.map {
            comment(["refused \($0.object): \($0.explanation)", "  \($0.cure.labelled)"])
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
