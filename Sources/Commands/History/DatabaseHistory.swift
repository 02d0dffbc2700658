import CivilTime
import Maintenance

/// Runs of one database as its ledger has them, as both renderers take it.
struct DatabaseHistory {
    let database: String
    /// By this host's clock.
    let now: Instant
    let content: Content

    enum Content {
        /// The latest first.
        case runs([LedgerRun])
        case run(LedgerRunDetail)
        /// Why there is nothing to show: no ledger, or no such run in it.
        case nothing(reason: String)
    }

    var hasRuns: Bool { if case .nothing = content { false } else { true } }
}
