import DatabaseAccess
import MaintenanceDatabase
import Reporting
import SQLText
import SchemaDesign
import SchemaManagement

/// What a database lacks of the schema, and what would be done about it, as text.
struct SchemaPlanText {
    private let name: String
    private let diagnosis: SchemaDiagnosis
    private var plan: SchemaPlan { diagnosis.plan }

    init(_ name: String, _ diagnosis: SchemaDiagnosis) {
        self.name = name
        self.diagnosis = diagnosis
    }

    /// Everything, with the SQL of each step.
    var rendered: String {
        let steps = plan.steps.isEmpty ? [] : ["steps"] + plan.steps.enumerated().flatMap { Self.lines($0 + 1, $1) }
        return paragraphs([steps])
    }

    /// Without the steps, which are printed when they are done.
    var summary: String { paragraphs([]) }

    private func paragraphs(_ more: [[String]]) -> String {
        let verified = VerifiedDatabase(name: name, verification: diagnosis.verification)
        let sections =
            [
                [GapText(verified).rendered], Self.records(diagnosis), Self.refusals(plan.refusals),
                Self.missingPrivileges(diagnosis.missingPrivileges), Self.notes(plan.notes + plan.unfilled),
            ] + more
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private static func notes(_ notes: [String]) -> [String] {
        notes.isEmpty ? [] : ["notes"] + notes.map { "  " + $0.visible }
    }

    static func missingPrivileges(_ privileges: [MissingPrivilege]) -> [String] {
        guard !privileges.isEmpty else { return [] }
        return ["the role lacks rights, and nothing is changed without them"]
            + privileges.map { "  \($0.description.visible)" + ($0.cure.map { ": \($0.visible);" } ?? "") }
    }

    private static func records(_ diagnosis: SchemaDiagnosis) -> [String] {
        diagnosis.records.map { record in
            let state = record.isDirty ? "dirty: a migration failed, and nothing is applied any more" : "clean"
            return "golang-migrate (\(record.table.description.visible)): version \(record.version), \(state)"
                + (record.version > diagnosis.migrationCount ? "; \(numbering(diagnosis))" : "")
        }
    }

    private static func leftovers(_ diagnosis: SchemaDiagnosis) -> [String] {
        let count = SchemaLeftover.all(in: diagnosis.verification).count
        return count == 0
            ? [] : ["\(count) object(s) are set aside: 'pgtend schema leftovers' lists them, with what drops them"]
    }

    private static func numbering(_ diagnosis: SchemaDiagnosis) -> String {
        diagnosis.takesOverMigrations
            ? "it becomes that of this schema once the database verifies"
            : "the number is the platform's own and stays; a dirty mark is cleared once the database verifies"
    }

    static func refusals(_ refusals: [SchemaRefusal]) -> [String] {
        guard !refusals.isEmpty else { return [] }
        return ["refused: only a person can decide, and nothing is changed before that"]
            + refusals.flatMap { refusal in
                ["  \(refusal.object.description.visible): \(refusal.reason.visible)", "    \(refusal.cure.visible)"]
                    + (refusal.option.map { ["    or by \($0.visible)"] } ?? [])
            }
    }

    private static func lines(_ number: Int, _ step: SchemaStep) -> [String] {
        let head = "  \(number). \(step.object.description.visible): \(step.purpose.visible)"
        let statements =
            switch step.execution {
            case .inBatches(let backfill):
                backfill.tables.map { table in
                    "UPDATE \(table) AS r SET \(backfill.assignment) WHERE \(backfill.condition)"
                }
            default: step.statements
            }
        let sql = statements.flatMap { "\($0);".visibleLines.map { "       \($0)" } }
        return [head, "     \(text(of: step.execution))"] + sql
    }

    private static func text(of execution: SchemaStep.Execution) -> String {
        switch execution {
        case .together: "in one transaction with its neighbours; nobody waits"
        case .briefly([]): "within the lock limit: the locks of its statements"
        case .briefly(let locks): "within the lock limit: " + locks.map(words).joined(separator: ", ")
        case .patiently(let locks):
            "for as long as it takes; readers and writers go on"
                + (locks.isEmpty ? "" : ": ") + locks.map(words).joined(separator: ", ")
        case .concurrently: "outside a transaction; readers and writers go on"
        case .inBatches(let backfill):
            "in batches, each within the lock limit" + (backfill.locksRows ? "; the rows are locked first" : "")
                + (backfill.searchPath.map { "; search_path = \($0.visible)" } ?? "")
        }
    }

    private static func words(_ lock: LockRequirement) -> String {
        "\(lock.mode.rawValue) on \(lock.relation.description.visible)"
    }

    static func line(_ steps: [SchemaStep], _ duration: Duration) -> String {
        let first = steps.first.map { "\($0.object.description.visible): \($0.purpose.visible)" } ?? ""
        let others = steps.count > 1 ? ", and \(steps.count - 1) more in one transaction" : ""
        return "done in \(duration.humanReadable): \(first)\(others)"
    }

    static func line(_ progress: BackfillProgress) -> String {
        let batches = progress.batches
        return
            "\(Int(batches.share * 100)) % of \(batches.table.description.visible) after \(batches.duration.humanReadable), "
            + "\(batches.rows) row(s) changed: \(progress.object.description.visible)"
    }

    /// The exit status of `--plan`: refusals and missing privileges as an execution would report them.
    static func status(ofPlan diagnosis: SchemaDiagnosis) -> ExitStatus {
        if !diagnosis.plan.refusals.isEmpty { return .refused }
        if !diagnosis.missingPrivileges.isEmpty { return .noPermission }
        return diagnosis.verification.gap.isClosed || !diagnosis.plan.steps.isEmpty ? .done : .failed
    }

    /// The exit status after an execution.
    static func status(_ diagnosis: SchemaDiagnosis) -> ExitStatus {
        if !diagnosis.plan.refusals.isEmpty { return .refused }
        return diagnosis.verification.gap.isClosed ? .done : .failed
    }

    /// The state of a database after an execution.
    ///
    /// - Parameter first: what was shown before anything was changed; it is not repeated if nothing has changed.
    static func outcome(of name: String, _ diagnosis: SchemaDiagnosis, after first: SchemaDiagnosis?) -> String {
        let (gap, refusals) = (diagnosis.verification.gap, diagnosis.plan.refusals)
        guard !gap.isClosed || !refusals.isEmpty else {
            let lines = ["\(name.visible): the schema is what it should be"] + records(diagnosis) + leftovers(diagnosis)
            return (lines + notes(diagnosis.plan.unfilled)).joined(separator: "\n")
        }
        let isShown = first.map { $0.verification.gap == gap && $0.plan.refusals == refusals } ?? false
        if isShown {
            return refusals.isEmpty
                ? "\(name.visible): left with the gap that is shown above"
                : "\(name.visible): refused for the reasons above, and nothing was changed"
        }
        let left = GapText(VerifiedDatabase(name: "\(name), afterwards", verification: diagnosis.verification))
        let lines = [left.rendered] + Self.refusals(refusals) + records(diagnosis)
        return (lines + notes(diagnosis.plan.unfilled)).joined(separator: "\n")
    }
}
