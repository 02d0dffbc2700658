import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient

/// The queries on the ledger. Each is a file of `sql/queries`, runnable in psql.
enum LedgerQuery: String, EmbeddedQuery {
    case session = "ledger_session"
    case rights = "ledger_rights"
    case migrations = "ledger_migrations"

    case slot = "ledger_slot"
    case abandon = "ledger_abandon"
    case lastSlot = "ledger_last_slot"
    case pass = "ledger_pass"
    case openSlot = "ledger_open_slot"
    case beginRun = "ledger_begin_run"
    case doneKeys = "ledger_done_keys"
    case waits = "ledger_waits"
    case stepDone = "ledger_step_done"
    case stepIsDone = "ledger_step_is_done"
    case runState = "ledger_run_state"
    case endRun = "ledger_end_run"
    case delete = "ledger_delete"

    case slots = "ledger_slots"
    case runs = "ledger_runs"
    case steps = "ledger_steps"
    case refusals = "ledger_refusals"
    case heldLocks = "ledger_held_locks"
    case streaks = "ledger_streaks"
    case refreshes = "ledger_refreshes"
}

extension Row {
    /// A moment that the query gives in microseconds since 1970.
    func instant(_ column: String) throws(PostgresError) -> Instant {
        Instant(microseconds: try decode(column))
    }

    func instantIfPresent(_ column: String) throws(PostgresError) -> Instant? {
        try decodeIfPresent(column, as: Int64.self).map(Instant.init(microseconds:))
    }

    /// A length of time that the query gives in microseconds.
    func duration(_ column: String) throws(PostgresError) -> Duration {
        .microseconds(try decode(column, as: Int64.self))
    }

    /// One of the words that the ledger's CHECK constraints allow.
    func word<Word: RawRepresentable<String>>(
        _ column: String, as type: Word.Type = Word.self
    ) throws(PostgresError) -> Word {
        let text: String = try decode(column)
        guard let word = Word(rawValue: text) else {
            throw PostgresError(.decoding, "column \"\(column)\": \(text.debugDescription) is no \(type)")
        }
        return word
    }

    /// The same, nil for NULL.
    func wordIfPresent<Word: RawRepresentable<String>>(
        _ column: String, as type: Word.Type = Word.self
    ) throws(PostgresError) -> Word? {
        try decodeIfPresent(column, as: String.self) == nil ? nil : try word(column)
    }
}
