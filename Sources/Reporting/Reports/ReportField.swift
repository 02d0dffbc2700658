import CivilTime
import SystemdIO

/// One structured field of a report.
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

    /// The duration in microseconds.
    package init(_ name: Name, _ value: Duration) {
        self.init(name, value.microseconds)
    }

    /// The instant in ISO 8601, in UTC.
    package init(_ name: Name, _ value: Instant) {
        self.init(name, value.iso8601)
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
        /// An array in JSON; in the journal a field that is repeated for each value.
        case texts([String])
        /// As `texts`.
        case integers([Int64])
    }

    /// The names of the fields in the journal. A name is permanent, and has the same `meaning` in every report.
    package enum Name: String, CaseIterable, Sendable {
        case application = "PGTEND_APPLICATION"
        case attempt = "PGTEND_ATTEMPT"
        case blockedByPID = "PGTEND_BLOCKED_BY_PID"
        case change = "PGTEND_CHANGE"
        case clockStepMicroseconds = "PGTEND_CLOCK_STEP_USEC"
        case configuration = "PGTEND_CONFIGURATION"
        case cure = "PGTEND_CURE"
        case database = "PGTEND_DATABASE"
        case detail = "PGTEND_DETAIL"
        case done = "PGTEND_DONE"
        case durationMicroseconds = "PGTEND_DURATION_USEC"
        case failed = "PGTEND_FAILED"
        case failureClass = "PGTEND_FAILURE_CLASS"
        case failures = "PGTEND_FAILURES"
        case findings = "PGTEND_FINDINGS"
        case hint = "PGTEND_HINT"
        case interrupted = "PGTEND_INTERRUPTED"
        case lateMicroseconds = "PGTEND_LATE_USEC"
        case lockWaitMicroseconds = "PGTEND_LOCK_WAIT_USEC"
        case lost = "PGTEND_LOST"
        case missed = "PGTEND_MISSED"
        case outcome = "PGTEND_OUTCOME"
        case ownerHost = "PGTEND_OWNER_HOST"
        case ownerPID = "PGTEND_OWNER_PID"
        case ownerRunID = "PGTEND_OWNER_RUN_ID"
        case partition = "PGTEND_PARTITION"
        case postponed = "PGTEND_POSTPONED"
        case problem = "PGTEND_PROBLEM"
        case problems = "PGTEND_PROBLEMS"
        case reason = "PGTEND_REASON"
        case refusal = "PGTEND_REFUSAL"
        case refused = "PGTEND_REFUSED"
        case relation = "PGTEND_RELATION"
        case retryDelayMicroseconds = "PGTEND_RETRY_DELAY_USEC"
        case runID = "PGTEND_RUN_ID"
        case running = "PGTEND_RUNNING"
        case runwaySeconds = "PGTEND_RUNWAY_SECONDS"
        case since = "PGTEND_SINCE"
        case skipped = "PGTEND_SKIPPED"
        case slot = "PGTEND_SLOT"
        case slotLast = "PGTEND_SLOT_LAST"
        case sqlState = "PGTEND_SQLSTATE"
        case step = "PGTEND_STEP"
        case steps = "PGTEND_STEPS"
        case superseded = "PGTEND_SUPERSEDED"
        case task = "PGTEND_TASK"
        case tenant = "PGTEND_TENANT"
        case version = "PGTEND_VERSION"

        /// The key in JSON lines: `run_id` for `PGTEND_RUN_ID`.
        package var jsonKey: String { rawValue.dropFirst("PGTEND_".count).lowercased() }

        /// Whether every value is a number or a fixed word of pgtend. `journalctl -x` inserts the values of the fields
        /// that a catalog entry mentions without escaping them, so an entry may mention only these fields: the name of
        /// a table, for example, may contain a terminal control sequence.
        package var isPlain: Bool {
            switch self {
            case .attempt, .blockedByPID, .clockStepMicroseconds, .done, .durationMicroseconds, .failed, .failureClass,
                .failures, .findings, .interrupted, .lateMicroseconds, .lockWaitMicroseconds, .lost, .missed, .outcome,
                .ownerPID, .postponed, .problems, .refusal, .refused, .retryDelayMicroseconds, .runID,
                .running, .runwaySeconds, .since, .skipped, .slot, .slotLast, .sqlState, .step, .steps, .superseded,
                .task, .version:
                true
            case .application, .change, .configuration, .cure, .database, .detail, .hint, .ownerHost, .ownerRunID,
                .partition, .problem, .reason, .relation, .tenant:
                false
            }
        }
    }
}
