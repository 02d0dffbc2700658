import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// Fills a table from its first block to its last, in transactions that are as long as the deadline allows.
///
/// Rows that are written meanwhile get their values from a trigger or a default. The condition still finds any that
/// were missed, and the next pass fills them.
struct BackfillRun {
    let connection: Connection
    let backfill: Backfill
    /// In whose sandbox the rows are changed.
    let role: String?
    let locks: LockBudget
    let retry: RetryPolicy
    let reportInterval: Duration
    var keeper: MigrationKeeper?

    /// `updated_at` says when users changed a row, and a backfill is none.
    private static let quietly = "SET LOCAL pgtend.keep_updated_at = 'on'"
    private static let changed = "pgtend.rows_changed"
    /// For a single row that takes longer than the deadline: only writers of that row wait for it.
    private static let singleRowLimit = Duration.seconds(60)
    /// How many times in a row a batch may fail, as on a row that somebody has locked, before the backfill does.
    private static let tries = 30
    /// Rows of a block, for counting places: more than any block can hold.
    private static let perBlock = 2_048

    /// - Parameter progressed: called after a batch when the interval is over, with the share of the table that has
    ///   been gone through, and how many rows were changed.
    /// - Returns: how many rows were changed.
    func fill(
        _ table: RelationName, progressed: (Double, Int) -> Void
    ) async throws(PostgresError) -> Int {
        let name = try spelled(table.quoted)
        let size = try await connection.row(
            Statement(
                unsafe: "SELECT pg_relation_size(\(try spelled(SQLLiteral(name).quoted))::regclass) / "
                    + "current_setting('block_size')::bigint AS blocks"))
        let blocks: Int = try size.decode("blocks")
        var place = 0
        var width = 8 * Self.perBlock
        var changed = 0
        var tries = 0
        var reported = ContinuousClock.now
        while place < blocks * Self.perBlock {
            let start = ContinuousClock.now
            do throws(PostgresError) {
                let limit = tries > 0 && width == 1 ? Self.singleRowLimit : locks.perStep
                changed += try await batch(name, from: place, to: place + width, limit)
                place += width
                tries = 0
                if reported.duration(to: .now) >= reportInterval {
                    reported = .now
                    progressed(min(1, Double(place) / Double(blocks * Self.perBlock)), changed)
                }
                if start.duration(to: .now) < locks.perStep / 4 { width = min(width * 2, Self.perBlock << 14) }
            } catch {
                tries += 1
                let failure = FailureClass(error)
                guard [.lockNotAvailable, .transactionRollback, .timeout].contains(failure), tries < Self.tries
                else { throw error }
                width = max(1, width / (width > Self.perBlock ? 4 : 16))
                if failure == .timeout { continue }
                guard await pause(for: retry.backoff.base * Double(tries)) else { throw error }
            }
        }
        return changed
    }

    private func batch(
        _ table: String, from: Int, to: Int, _ limit: Duration
    ) async throws(PostgresError) -> Int {
        let condition = "r.ctid >= \(Self.tid(from)) AND r.ctid < \(Self.tid(to)) AND (\(backfill.condition))"
        // The statement after it then sees all that their last writers have committed.
        let locking = backfill.locksRows ? ["SELECT FROM \(table) AS r WHERE \(condition) FOR NO KEY UPDATE"] : []
        let sandbox = try spelled(
            Sandbox(
                as: role,
                unsafe: [Self.quietly] + locking + [
                    """
                    WITH changed AS (
                        UPDATE \(table) AS r SET \(backfill.assignment)
                        WHERE \(condition)
                        RETURNING 1
                    )
                    SELECT set_config('\(Self.changed)', count(*)::text, true) FROM changed
                    """
                ], answer: Self.changed))
        let limits = LockDeadline(limit).settings
        return try await connection.inTransaction(unsafe: limits) { () async throws(PostgresError) in
            let changed = try await connection.run(sandbox, limits: limits)
            try await keeper?.requireLock()
            return changed.flatMap { Int($0) } ?? 0
        }
    }

    private static func tid(_ place: Int) -> String {
        "'(\(place / perBlock),\(place % perBlock))'::tid"
    }
}

/// How far the backfill of a table is.
package struct BackfillProgress: Sendable {
    package let object: CatalogObject
    /// The table, or the partition.
    package let table: RelationName
    /// The share of its blocks that is done, from 0 to 1.
    package let share: Double
    /// Rows that were changed so far.
    package let changed: Int
    package let duration: Duration
}
