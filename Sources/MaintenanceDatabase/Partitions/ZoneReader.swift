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
