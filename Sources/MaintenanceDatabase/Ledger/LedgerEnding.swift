import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Records the end of a run in the ledger: its unfinished steps, its result and that of its slot, in one statement.
struct LedgerEnding {
    let runID: String
    let state: LedgerRun.State
    let summary: RunSummary
    /// A slot whose first run began at least this long after it was due is late.
    let lateAfter: Duration
    /// When each step was started, by its number; steps that were never started are missing.
    let startTimes: [Int: ContinuousClock.Instant]

    /// How many steps that are not done are recorded at most; the figures count them all.
    private static let stepLimit = 1_000
    private static let textLimit = 4_000

    /// - Returns: false if the ledger no longer listed the run as running: another run marked it as abandoned, or this
    ///   statement had succeeded before and only its result was lost.
    func enter(on connection: Connection) async throws(PostgresError) -> Bool {
        let ending = statement
        return try await LedgerTransaction(connection: connection, evenIfCancelled: true).run {
            () async throws(PostgresError) in
            try await connection.row(ending, timeout: LedgerTransaction.clientTimeout, evenIfCancelled: true)
                .decode("ended", as: Int.self) == 1
        }
    }

    private var statement: Statement {
        let figures = LedgerFigures(summary)
        let (refusals, held) = (summary.refusals, summary.heldLocks)
        let undone = summary.reports.enumerated().filter { $0.element.outcome.kind != .done }.prefix(Self.stepLimit)
        let (numbers, reports) = (undone.map { $0.offset + 1 }, undone.map(\.element))
        let failures = reports.map(\.outcome.failure)
        return LedgerQuery.endRun(
            runID, state.rawValue, lateAfter.microseconds, figures.done, figures.superseded, figures.postponed,
            figures.failed, figures.interrupted, figures.refused, figures.lockWait.microseconds,
            summary.failure?.failureClass.rawValue, summary.failure?.sqlState?.rawValue,
            summary.failure.map { truncated($0.message) },
            summary.interruption,
            refusals.map(\.task.rawValue), refusals.map(\.object.schema), refusals.map(\.object.name),
            refusals.map(\.reason.rawValue), refusals.map { truncated($0.explanation) },
            refusals.map { truncated($0.cure.description) },
            held.map(\.task.rawValue), held.map(\.pid), held.map(\.application), held.map(\.user), held.map(\.client),
            held.map(\.since.description),
            numbers, reports.map(\.step.task.rawValue), reports.map(\.step.object.schema),
            reports.map(\.step.object.name), reports.map(\.step.key.text), reports.map(\.step.description),
            reports.map(\.outcome.word), numbers.map { age(of: $0) }, reports.map(\.duration.microseconds),
            reports.map(\.lockWait.microseconds), reports.map(\.tries),
            failures.map { $0?.failureClass.rawValue ?? "" }, failures.map { $0?.sqlState?.rawValue ?? "" },
            reports.map { truncated($0.outcome.explanation) })
    }

    /// Microseconds since the step was started, which the server subtracts from its own clock; -1 for a step that was
    /// never started.
    private func age(of number: Int) -> Int64 {
        startTimes[number].map { max(0, $0.duration(to: .now).microseconds) } ?? -1
    }

    /// Shortens a message, which may quote a row of any size, and removes NUL characters, which the server's text type
    /// rejects and a client-side message may contain.
    private func truncated(_ text: String) -> String {
        let safe = text.unicodeScalars.contains("\0") ? String(text.filter { $0 != "\0" }) : text
        return safe.unicodeScalars.count <= Self.textLimit
            ? safe : String(String.UnicodeScalarView(safe.unicodeScalars.prefix(Self.textLimit))) + "..."
    }
}

extension StepReport {
    /// 0 if the table's lock budget was already used up.
    fileprivate var tries: Int {
        if case .postponed(let tries, _) = outcome { tries } else { attempt }
    }
}

extension StepOutcome {
    fileprivate var failure: ServerFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }

    fileprivate var explanation: String {
        switch self {
        case .done: ""
        case .superseded(let reason), .interrupted(let reason): reason
        case .postponed(_, let blockers): blockers.map(\.description).joined(separator: "; ")
        case .failed(let failure): failure.message
        }
    }
}
