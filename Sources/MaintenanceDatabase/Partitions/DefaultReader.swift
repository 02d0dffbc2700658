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
        let start = ContinuousClock.now
        for question in questions {
            // Of a hundred locked ones each would take as long as one.
            if counting != .all, start.duration(to: .now) > counting.statementTimeout {
                let failure = ServerFailure(
                    failureClass: .timeout, message: "\(counting.statementTimeout) are over: plan --rows takes its time"
                )
                for range in question.ranges { found[range] = .unread(failure) }
                continue
            }
            for (range, rows) in try await rows(question) { found[range] = rows }
        }
        return found
    }

    private func rows(_ question: DefaultQuestion) async throws(PostgresError) -> [(DefaultRange, DefaultRows)] {
        let limits = StepLimits(locks: definition.locks, statementTimeout: counting.statementTimeout)
        do throws(PostgresError) {
            let connection = try await session.connection(runningCodeOf: question.role)
            let sandbox = try spelled(Sandbox(reading: Self.query(question, counting), as: question.role))
            let counts = try await connection.read(
                sandbox, limits: limits.settings, timeout: limits.clientTimeout)
            let found = Dictionary(
                counts.compactMap { text -> (Int, Int)? in
                    let parts = text.split(separator: " ").compactMap { Int($0) }
                    return parts.count == 2 ? (parts[0], parts[1]) : nil
                }, uniquingKeysWith: { first, _ in first })
            return try question.ranges.enumerated().map { (place, range) throws(PostgresError) in
                guard let count = found[place] else {
                    throw PostgresError(.shape, "the server did not count the rows of every range")
                }
                return (range, counting.limit.map { count < $0 } ?? true ? .exactly(count) : .atLeast(count))
            }
        } catch {
            guard error.kind != .cancelled else { throw error }
            return question.ranges.map { ($0, .unread(ServerFailure(error))) }
        }
    }

    /// A row for each range: its place, and how many rows there are.
    private static func query(
        _ question: DefaultQuestion, _ counting: DefaultCounting
    ) throws(SQLTextError) -> String {
        let (name, column) = (try question.defaultPartition.quoted, try SQLIdentifier(question.keyColumn).quoted)
        let type = question.keyType.rawValue
        let limit = counting.limit.map { " LIMIT \($0)" } ?? ""
        return try question.ranges.enumerated().map { (place, range) throws(SQLTextError) in
            let from = try SQLLiteral(question.keyType.literal(range.from)).quoted
            let to = try SQLLiteral(question.keyType.literal(range.to)).quoted
            return """
                SELECT pg_catalog.concat('\(place) ', pg_catalog.count(*)) FROM (
                    SELECT FROM \(name) AS d
                    WHERE d.\(column) OPERATOR(pg_catalog.>=) \(from)::\(type)
                        AND d.\(column) OPERATOR(pg_catalog.<) \(to)::\(type)\(limit)
                ) AS r
                """
        }.joined(separator: " UNION ALL ")
    }
}
