import CivilTime
import PostgresClient
import SQLText

/// One deadline for all the locks of a step. `lock_timeout` applies to each lock separately, so that a step with three
/// locks could make the application wait three times as long as allowed.
package struct LockDeadline {
    private let start = ContinuousClock.now
    package let allowed: Duration

    /// The deadline is `allowed` from now.
    package init(_ allowed: Duration) {
        self.allowed = allowed
    }

    package var elapsed: Duration { start.duration(to: .now) }

    /// `SET LOCAL` statements that limit the transaction to the remaining time; never to 0, which would mean no limit.
    ///
    /// `lock_timeout` is a little shorter than `statement_timeout`: if both expire at the same time, the server reports
    /// the latter, and a lock that another session holds would look like a statement that is too slow.
    package var settings: String {
        let left = allowed - elapsed
        return "SET LOCAL lock_timeout = '\((left - Self.margin).milliseconds)ms'; "
            + "SET LOCAL statement_timeout = '\(left.milliseconds)ms'"
    }

    private static let margin = Duration.milliseconds(10)

    /// Acquires a lock within the remaining time, or leaves it if LOCK TABLE is not allowed on the relation.
    ///
    /// A DEFAULT partition, or the table at the other end of a foreign key, may be a foreign table, which LOCK TABLE
    /// rejects, or may lack the privileges that LOCK TABLE requires. ATTACH PARTITION then takes the lock itself, under
    /// the same limit.
    ///
    /// - Parameters:
    ///   - role: whose privileges LOCK TABLE asks for; nil keeps the role that connected.
    ///   - isNeeded: whether a lock that LOCK TABLE may not take is an error.
    ///   - timeout: how long the client waits for a server that does not answer at all.
    /// - Throws: `lock_not_available` (55P03) when the deadline has passed.
    package func acquire(
        _ requirement: LockRequirement, as role: String? = nil, isNeeded: Bool = false, on connection: Connection,
        timeout: Duration
    ) async throws(PostgresError) {
        let lock = try spelled(requirement.statements(as: role))
        if isNeeded {
            try await connection.script(unsafe: "\(settings); \(lock.joined(separator: "; "))", timeout: timeout)
            return
        }
        try await connection.script(
            unsafe: "\(settings); \(lock.joined(separator: "; "))",
            unlessRefusedWith: [.insufficientPrivilege, .wrongObjectType], timeout: timeout)
    }
}

extension LockRequirement {
    /// Takes the lock by LOCK TABLE, which runs no code of anybody's.
    ///
    /// - Parameters:
    ///   - role: for SET ROLE, taken back afterwards; nil keeps the role that connected.
    ///   - partitions: whether to lock every partition of a partitioned table as well.
    package func statements(as role: String?, partitions: Bool = false) throws(SQLTextError) -> [String] {
        let lock = try statement(partitions: partitions)
        guard let role else { return [lock] }
        return Self.statement(lock, as: try SQLIdentifier(role).quoted)
    }

    private static func statement(_ lock: String, as role: String) -> [String] {
        ["SET LOCAL ROLE \(role)", lock, "SET LOCAL ROLE NONE"]
    }

    /// For a script: does without the lock where ``LockDeadline/acquire(_:as:isNeeded:on:timeout:)`` would, by a block in
    /// PL/pgSQL.
    package func forgivingStatements(as role: String) throws(SQLTextError) -> [String] {
        let block = """
            BEGIN
                \(try statement(partitions: false));
            EXCEPTION WHEN insufficient_privilege OR wrong_object_type THEN
                RAISE NOTICE '%: what needs the lock takes it', SQLERRM;
            END
            """
        return Self.statement("DO \(try SQLLiteral(block).quoted)", as: try SQLIdentifier(role).quoted)
    }
}

extension Connection {
    /// Runs statements inside a savepoint of the current transaction. If they fail with one of `states`, they are
    /// rolled back to the savepoint and the transaction goes on.
    ///
    /// - Returns: whether they were executed.
    /// - Throws: any other error.
    @discardableResult
    package func script(
        unsafe sql: String, unlessRefusedWith states: Set<SQLState>, timeout: Duration
    ) async throws(PostgresError) -> Bool {
        do throws(PostgresError) {
            try await script(unsafe: "SAVEPOINT attempt; \(sql); RELEASE SAVEPOINT attempt", timeout: timeout)
            return true
        } catch {
            guard let state = error.sqlState, states.contains(state) else { throw error }
            try await script(unsafe: "ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt", timeout: timeout)
            return false
        }
    }
}
