import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Looks for rows of new partitions in DEFAULT partitions: as the owner, whose code reading them may run.
struct DefaultReader {
    let session: RunSession
    let definition: DatabaseDefinition
    let counting: DefaultCounting

    /// Locks: ACCESS SHARE on each DEFAULT partition, while it is read.
    func read(_ questions: [DefaultQuestion]) async throws(PostgresError) -> [DefaultRange: DefaultRows] {
        var found: [DefaultRange: DefaultRows] = [:]
        for question in questions {
            for (range, rows) in try await rows(question) { found[range] = rows }
        }
        return found
    }

    private func rows(_ question: DefaultQuestion) async throws(PostgresError) -> [(DefaultRange, DefaultRows)] {
        let limits = StepLimits(locks: definition.locks, statementTimeout: counting.statementTimeout)
        let connection = try await session.connection(runningCodeOf: question.role)
        do throws(PostgresError) {
            let sandbox = try spelled(Sandbox(reading: Self.query(question, counting), as: question.role))
            let counts = try await connection.read(
                sandbox, limits: limits.settings, timeout: limits.clientTimeout)
            return zip(question.ranges, counts.compactMap(Int.init)).map { range, count in
                (range, counting.limit.map { count < $0 } ?? true ? .exactly(count) : .atLeast(count))
            }
        } catch {
            guard error.kind != .cancelled else { throw error }
            return question.ranges.map { ($0, .unread(ServerFailure(error))) }
        }
    }

    /// A row with the number of rows for each range, in their order.
    private static func query(
        _ question: DefaultQuestion, _ counting: DefaultCounting
    ) throws(SQLTextError) -> String {
        let (name, column) = (try question.defaultPartition.quoted, try SQLIdentifier(question.keyColumn).quoted)
        let type = question.keyType.rawValue
        let limit = counting.limit.map { " LIMIT \($0)" } ?? ""
        return try question.ranges.map { (range) throws(SQLTextError) in
            let from = try SQLLiteral(question.keyType.literal(range.from)).quoted
            let to = try SQLLiteral(question.keyType.literal(range.to)).quoted
            return """
                SELECT pg_catalog.count(*)::pg_catalog.text FROM (
                    SELECT FROM \(name) AS d
                    WHERE d.\(column) OPERATOR(pg_catalog.>=) \(from)::\(type)
                        AND d.\(column) OPERATOR(pg_catalog.<) \(to)::\(type)\(limit)
                ) AS r
                """
        }.joined(separator: " UNION ALL ")
    }
}
