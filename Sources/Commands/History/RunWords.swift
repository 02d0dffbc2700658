import Maintenance
import Reporting

/// What `status` and `history` say in the same words of a run in the ledger.
enum RunWords {
    /// How it ended, in a few words without what names could do to a terminal.
    static func outcome(of run: LedgerRun) -> String {
        let figures = figures(run.figures)
        switch run.state {
        case .running: return "at work"
        case .completed: return figures.isEmpty ? "nothing to do" : figures
        case .incomplete:
            let failure = run.failure.map { "\($0)".visible }
            return "not completed: " + (failure ?? (figures.isEmpty ? "it is tried again" : figures))
        case .interrupted:
            let reason = run.interruption?.visible ?? "its caller"
            return "interrupted (\(reason))" + (figures.isEmpty ? "" : ": \(figures)")
        case .abandoned: return "abandoned: its owner died"
        }
    }

    static func figures(_ figures: LedgerFigures) -> String {
        [
            (figures.failed, "failed"), (figures.postponed, "postponed"), (figures.done, "done"),
            (figures.superseded, "no longer needed"), (figures.interrupted, "not done"), (figures.refused, "refused"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}
