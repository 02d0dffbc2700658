import Maintenance
import PostgresClient
import SQLText

extension Connection {
    /// How code that work on tables may run can be confined, where their owner can have no sandbox.
    ///
    /// Locks: ACCESS SHARE on catalogs. The answer is good for as long as locks keep others from adding code.
    ///
    /// - Parameters:
    ///   - tables: without their partitions.
    ///   - trees: with all of theirs.
    ///   - rows: whether rows are read or written.
    package func confinementWithoutSandbox(
        of tables: [RelationName], trees: [RelationName] = [], rows: Bool
    ) async throws(PostgresError) -> Confinement {
        let all = tables + trees
        let hasParts = tables.map { _ in false } + trees.map { _ in true }
        let row = try await optionalRow(
            SandboxQuery.reach(all.map(\.schema), all.map(\.name), hasParts, rows))
        guard let row else { return .noCode }
        return .impossible(code: try row.decode("what"), database: server.database)
    }
}

private enum SandboxQuery: String, EmbeddedQuery {
    case reach = "run/sandbox/reach"
}
