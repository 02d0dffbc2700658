import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// What the ledger remembers of the objects of its database.
struct LedgerMemory {
    let connection: Connection
    let definition: LedgerDefinition

    /// Reads what was noted for the planners of these actions. In a database that is a copy nothing was.
    func read(for actions: [ActionKind]) async throws(PostgresError) -> Remembered {
        guard definition.enabled else { return Remembered(nothingBecause: "the ledger is switched off") }
        switch try await LedgerAvailability.read(on: connection, owner: definition.owner, writing: false) {
        case .ready: break
        case .absent: return Remembered(nothingBecause: "this database has no ledger")
        case .older(let failure), .newer(let failure), .unavailable(let failure):
            return Remembered(nothingBecause: failure.message)
        }
        var memories: [Remembered.Subject: Remembered.Memory] = [:]
        for row in try await connection.rows(LedgerQuery.remembered(actions.map(\.rawValue))) {
            let subject = Remembered.Subject(try row.word("action"), try RelationName(row))
            let (keys, texts): ([String], [String]) = (try row.decode("keys"), try row.decode("texts"))
            memories[subject] = Remembered.Memory(
                notedAt: try row.instant("noted_at"), texts: Dictionary(zip(keys, texts)) { first, _ in first })
        }
        return Remembered(memories)
    }
}

extension RecordedRun {
    /// Has the ledger remember what planners ask for without a step: nothing, once another run has taken this one over.
    func note(_ notes: [Remembered.Note], on connection: Connection) async throws(PostgresError) {
        try await LedgerTransaction(connection: connection).run { () async throws(PostgresError) in
            for note in notes {
                guard try await note.enter(of: runID, on: connection, timeout: LedgerTransaction.clientTimeout) else {
                    return
                }
            }
        }
    }
}

extension Remembered.Note {
    /// - Returns: whether it is entered; not if the run is not running any more.
    func enter(of runID: String, on connection: Connection, timeout: Duration) async throws(PostgresError) -> Bool {
        let texts = texts.sorted { $0.key < $1.key }
        let query = LedgerQuery.remember(
            runID, subject.action.rawValue, subject.object.schema, subject.object.name, texts.map(\.key),
            texts.map(\.value))
        return try await connection.optionalRow(query, timeout: timeout) != nil
    }
}
