import CivilTime
import DatabaseAccess
import PostgresClient

/// The queries on the ledger. Each is a file in `sql/ledger/queries`, which can be run in psql.
enum LedgerQuery: String, EmbeddedQuery {
    case session = "ledger/queries/session"
    case rights = "ledger/queries/rights"
    case migrations = "ledger/queries/migrations"

    case slot = "ledger/queries/slot"
    case abandon = "ledger/queries/abandon"
    case lastSlot = "ledger/queries/last_slot"
    case pass = "ledger/queries/pass"
    case openSlot = "ledger/queries/open_slot"
    case beginRun = "ledger/queries/begin_run"
    case doneKeys = "ledger/queries/done_keys"
    case waits = "ledger/queries/waits"
    case stepDone = "ledger/queries/step_done"
    case stepIsDone = "ledger/queries/step_is_done"
    case remember = "ledger/queries/remember"
    case remembered = "ledger/queries/remembered"
    case runState = "ledger/queries/run_state"
    case endRun = "ledger/queries/end_run"
    case delete = "ledger/queries/delete"

    case slots = "ledger/queries/slots"
    case runs = "ledger/queries/runs"
    case steps = "ledger/queries/steps"
    case refusals = "ledger/queries/refusals"
    case heldLocks = "ledger/queries/held_locks"
    case streaks = "ledger/queries/streaks"
    case refreshes = "ledger/queries/refreshes"
}

extension Row {
    /// A column with one of the words that the ledger's CHECK constraints allow.
    func word<Word: RawRepresentable<String>>(
        _ column: String, as type: Word.Type = Word.self
    ) throws(PostgresError) -> Word {
        let text: String = try decode(column)
        guard let word = Word(rawValue: text) else {
            throw PostgresError(.decoding, "column \"\(column)\": \(text.debugDescription) is no \(type)")
        }
        return word
    }

    /// Like `word(_:as:)`, but nil for NULL.
    func wordIfPresent<Word: RawRepresentable<String>>(
        _ column: String, as type: Word.Type = Word.self
    ) throws(PostgresError) -> Word? {
        try decodeIfPresent(column, as: String.self) == nil ? nil : try word(column)
    }
}
