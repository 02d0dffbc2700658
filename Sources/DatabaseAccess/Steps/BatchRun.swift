import Maintenance
import PostgresClient
import SQLText

/// Goes through a table in batches, each in a transaction of its own, as ``Batches`` says.
///
/// Rows that are written meanwhile have what they need from whatever else sees to that, such as a trigger. Whether a row
/// needs the work is told by the row: what was missed, the next time finds.
struct BatchRun {
    let connection: Connection
    let work: any BatchWork
    let table: RelationName
    /// Of a batch.
    let deadline: Duration
    let record: (any StepRecord)?

    /// - Parameter progressed: called after each batch that was committed.
    /// - Returns: how many rows were changed, where it has come to the end of the table.
    func run(_ progressed: (BatchProgress) -> Void) async throws(PostgresError) -> StepRunner.End {
        let begun = ContinuousClock.now
        var batches = Batches(blocks: try await blocks(), deadline: deadline, pause: Backoff.betweenTries.base)
        var rows: Int64 = 0
        while let places = batches.current {
            let start = ContinuousClock.now
            do throws(PostgresError) {
                let end = try await batch(places, within: batches.currentDeadline)
                guard end.outcome == .done else { return end }
                rows += end.result.figures[.rows] ?? 0
                batches.advance(after: start.duration(to: .now))
                progressed(
                    BatchProgress(
                        table: table, share: batches.share, rows: rows, duration: begun.duration(to: .now)))
            } catch {
                switch batches.next(after: FailureClass(error)) {
                case .tryAgain: continue
                case .pause(let delay): guard await pause(for: delay) else { throw error }
                case .end: throw error
                }
            }
        }
        return StepRunner.End(outcome: .done, result: StepResult(figures: [.rows: rows]))
    }

    private func blocks() async throws(PostgresError) -> Int {
        let size = try await connection.row(
            Statement(
                unsafe: "SELECT pg_relation_size(\(try spelled(SQLLiteral(table.quoted).quoted))::regclass) / "
                    + "current_setting('block_size')::bigint AS blocks"))
        return try size.decode("blocks")
    }

    private func batch(
        _ places: Range<Int>, within limit: Duration
    ) async throws(PostgresError) -> StepRunner.End {
        // Code that failed in this session may have left something there.
        if await connection.record.isSoiled { try await connection.recover() }
        let limits = LockDeadline(limit).settings
        // The record is entered after the last batch, but whoever would do the step instead has to wait for this one.
        let beginnings = [StepBeginning([Connection.beginReadWrite, limits]), record?.reservation]
        let transaction = StepTransaction(
            connection: connection, beginnings: beginnings.compactMap(\.self), lockDeadline: limit, record: nil)
        let condition = "r.ctid >= \(Self.tid(places.lowerBound)) AND r.ctid < \(Self.tid(places.upperBound))"
        return try await transaction.run(unless: { () async throws(PostgresError) in nil }) {
            (_) async throws(PostgresError) in
            let rows = try await work.perform(on: connection, table: table, places: condition, limits: limits)
            if let outcome = try await record?.outcomeBeforeEnd(on: connection) { return .rollback(outcome) }
            return .commit(StepResult(figures: [.rows: rows]))
        }
    }

    private static func tid(_ place: Int) -> String {
        "'(\(place / Batches.placesPerBlock),\(place % Batches.placesPerBlock))'::tid"
    }
}

/// How far the batches of a table are.
package struct BatchProgress: Sendable {
    package let table: RelationName
    /// The share of its blocks that is done, from 0 to 1.
    package let share: Double
    /// Rows that were changed so far.
    package let rows: Int64
    /// Since the first batch of the table.
    package let duration: Duration
}
