import CivilTime
import SystemdIO

/// One figure or name of a report, for machines.
package struct ReportField: Hashable, Sendable {
    package let name: Name
    package let value: Value

    package init(_ name: Name, _ value: String) {
        self.name = name
        self.value = .text(value)
    }

    package init(_ name: Name, _ value: some BinaryInteger) {
        self.name = name
        self.value = .integer(Int64(clamping: value))
    }

    /// Microseconds.
    package init(_ name: Name, _ value: Duration) {
        self.init(name, value.microseconds)
    }

    package init(_ name: Name, _ values: [String]) {
        self.name = name
        self.value = .texts(values)
    }

    package init(_ name: Name, _ values: [Int32]) {
        self.name = name
        self.value = .integers(values.map(Int64.init))
    }

    package enum Value: Hashable, Sendable {
        case text(String)
        case integer(Int64)
        /// In the journal one field for each.
        case texts([String])
        case integers([Int64])
    }

    /// The vocabulary, as the journal has it. A name stays, and means the same in every report that has it.
    package enum Name: String, CaseIterable, Sendable {
        case application = "PGTEND_APPLICATION"
        case attempt = "PGTEND_ATTEMPT"
        case blockedByPID = "PGTEND_BLOCKED_BY_PID"
        case cure = "PGTEND_CURE"
        case database = "PGTEND_DATABASE"
        case detail = "PGTEND_DETAIL"
        case done = "PGTEND_DONE"
        case durationMicroseconds = "PGTEND_DURATION_USEC"
        case failed = "PGTEND_FAILED"
        case failureClass = "PGTEND_FAILURE_CLASS"
        case findings = "PGTEND_FINDINGS"
        case hint = "PGTEND_HINT"
        case interrupted = "PGTEND_INTERRUPTED"
        case lockWaitMicroseconds = "PGTEND_LOCK_WAIT_USEC"
        case outcome = "PGTEND_OUTCOME"
        case partition = "PGTEND_PARTITION"
        case postponed = "PGTEND_POSTPONED"
        case reason = "PGTEND_REASON"
        /// A word of `Refusal.Reason`.
        case refusal = "PGTEND_REFUSAL"
        case refused = "PGTEND_REFUSED"
        case relation = "PGTEND_RELATION"
        case retryDelayMicroseconds = "PGTEND_RETRY_DELAY_USEC"
        case runID = "PGTEND_RUN_ID"
        case runwaySeconds = "PGTEND_RUNWAY_SECONDS"
        case sqlState = "PGTEND_SQLSTATE"
        case step = "PGTEND_STEP"
        case steps = "PGTEND_STEPS"
        case superseded = "PGTEND_SUPERSEDED"
        case task = "PGTEND_TASK"
        case tenant = "PGTEND_TENANT"

        /// As JSON lines call it: `run_id` for `PGTEND_RUN_ID`.
        package var inJSON: String { rawValue.dropFirst("PGTEND_".count).lowercased() }

        /// Whether every value is a number or one of pgtend's own words. `journalctl -x` writes the values that a
        /// catalog entry mentions to the terminal as they are, so an entry may mention these only: a table's name
        /// may hold a control sequence.
        package var isPlain: Bool {
            switch self {
            case .attempt, .blockedByPID, .done, .durationMicroseconds, .failed, .failureClass, .findings,
                .interrupted, .lockWaitMicroseconds, .outcome, .postponed, .refusal, .refused, .retryDelayMicroseconds,
                .runID, .runwaySeconds, .sqlState, .step, .steps, .superseded, .task:
                true
            case .application, .cure, .database, .detail, .hint, .partition, .reason, .relation, .tenant: false
            }
        }
    }
}
