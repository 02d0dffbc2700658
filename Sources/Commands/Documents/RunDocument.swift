import CivilTime
import Maintenance
import Reporting
import SQLText

/// In JSON: a run of the ledger. Instants are ISO 8601 in UTC, durations are seconds.
struct RunDocument: Encodable {
    private let runID: String
    private let tasks: [String]
    private let due: String?
    private let attempt: Int
    private let state: String
    private let startedAt: String
    private let endedAt: String?
    private let durationSeconds: Double?
    private let host: String
    private let pid: Int32
    private let backendPID: Int32
    private let application: String
    private let version: String
    private let figures: Figures
    private let failure: Failure?
    private let interruption: String?

    init(_ run: LedgerRun) {
        runID = run.runID
        tasks = run.tasks.map(\.rawValue)
        due = run.due?.iso8601
        attempt = run.attempt
        state = run.state.rawValue
        startedAt = run.startedAt.iso8601
        endedAt = run.endedAt?.iso8601
        durationSeconds = run.endedAt.map { $0.duration(since: run.startedAt).inSeconds }
        host = run.owner.run.host
        pid = run.owner.run.pid
        backendPID = run.owner.backendPID
        application = run.owner.application
        version = run.owner.programVersion
        figures = Figures(run.figures)
        failure = run.failure.map(Failure.init)
        interruption = run.interruption
    }

    enum CodingKeys: String, CodingKey {
        case tasks, due, attempt, state, host, pid, application, version, figures, failure, interruption
        case runID = "run_id"
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case durationSeconds = "duration_seconds"
        case backendPID = "backend_pid"
    }

    /// Numbers of steps, except for the lock wait.
    private struct Figures: Encodable {
        let done, superseded, postponed, failed, interrupted, refused: Int
        let lockWaitSeconds: Double

        init(_ figures: LedgerFigures) {
            done = figures.done
            superseded = figures.superseded
            postponed = figures.postponed
            failed = figures.failed
            interrupted = figures.interrupted
            refused = figures.refused
            lockWaitSeconds = figures.lockWait.inSeconds
        }

        enum CodingKeys: String, CodingKey {
            case done, superseded, postponed, failed, interrupted, refused
            case lockWaitSeconds = "lock_wait_seconds"
        }
    }

    private struct Failure: Encodable {
        let failureClass: String
        let sqlState: String?
        let message: String

        init(_ failure: ServerFailure) {
            failureClass = failure.failureClass.rawValue
            sqlState = failure.sqlState?.rawValue
            message = failure.message
        }

        enum CodingKeys: String, CodingKey {
            case message
            case failureClass = "failure_class"
            case sqlState = "sqlstate"
        }
    }
}

extension Duration {
    /// In seconds, with the precision of a microsecond.
    var inSeconds: Double { Double(microseconds) / 1_000_000 }
}
