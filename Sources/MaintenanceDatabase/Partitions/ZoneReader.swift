import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Asks the server about time zones; its zone data is authoritative for bounds.
struct ZoneReader {
    let connection: Connection

    /// Has to be called in a transaction. A zone that the server does not know is left out; the planner decides what
    /// that means.
    func answer(_ questions: ZoneQuestions) async throws(PostgresError) -> [String: ZoneSample] {
        var answers: [String: ZoneSample] = [:]
        for zone in questions.zones {
            // An unknown zone is an error, which must not abort the transaction of the snapshot.
            try await connection.execute("SAVEPOINT zone")
            do throws(PostgresError) {
                answers[zone] = try await sample(zone, questions)
                try await connection.execute("RELEASE SAVEPOINT zone")
            } catch {
                guard error.sqlState == .invalidParameterValue else { throw error }
                try await connection.execute("ROLLBACK TO SAVEPOINT zone")
            }
        }
        return answers
    }

    /// The zones that all of these instants are midnights of. Reads the zone files of the server: some 30 ms.
    func fits(_ bounds: [Instant], from first: CivilDate, to last: CivilDate) async throws(PostgresError) -> [ZoneFit] {
        let query = CatalogQuery.zoneFits(
            bounds.map(\.description), first.daysSinceEpoch, last.daysSinceEpoch)
        return try await connection.rows(query).map { (row) throws(PostgresError) in
            let days = try row.decode("days", as: [Int].self).map(CivilDate.init(daysSinceEpoch:))
            let changes = try row.decode("change_days", as: [Int].self).map(CivilDate.init(daysSinceEpoch:))
            let shifts = try row.decode("shifts", as: [Int64].self)
            return ZoneFit(
                name: try row.decode("name"), days: Dictionary(zip(bounds, days)) { first, _ in first },
                midnights: MidnightShifts(changes: zip(changes, shifts).map(MidnightShifts.Change.init(day:shift:))))
        }
    }

    private func sample(_ zone: String, _ questions: ZoneQuestions) async throws(PostgresError) -> ZoneSample {
        var sample = ZoneSample()
        let instants = questions.instants.map(\.description)
        for row in try await connection.rows(CatalogQuery.zones(zone, instants)) {
            sample.days[try row.instant("instant")] = ZoneSample.LocalDay(
                date: try row.date("day"),
                startsAt: try row.instant("starts_at"))
        }
        let days = CatalogQuery.midnights(zone, questions.firstDay.daysSinceEpoch, questions.lastDay.daysSinceEpoch)
        for row in try await connection.rows(days) {
            sample.midnights[try row.date("day")] = try row.instant("starts_at")
        }
        return sample
    }
}
