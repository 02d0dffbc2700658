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
