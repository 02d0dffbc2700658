import Maintenance
import Reporting

/// Wording about the ledger that `status` and `history` share.
enum LedgerWords {
    /// Why a database has no ledger.
    static let absence = "`pgtend serve` installs one where the role may (docs/ledger.md)"
    static let switchedOff = "it is switched off in the configuration (ledger: enabled: false)"

    /// How the run ended, in a few words that are escaped for the terminal.
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
