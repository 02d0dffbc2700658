import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Lists the tenants of corpora, which stand in tables of the application: reading them may run code of their owner.
struct TenantReader {
    let session: RunSession
    let limits: StepLimits

    /// The same corpora with their tenants.
    func withTenants(_ corpora: [Corpus]) async throws(PostgresError) -> [Corpus] {
        var read = corpora
        for index in read.indices where read[index].obstacle == nil {
            read[index].tenants = try await tenants(of: read[index])
        }
        return read
    }

    /// Lists the tenants, as the corpus's role. If that fails, for example because a policy would hide some of them, the
    /// result says so, and the other corpora can still be read.
    ///
    /// A session that is lost meanwhile may have been ended by code of the owner, or by something that concerns all:
    /// only the latter keeps the server from accepting another one, in which the list is read once more, within what is
    /// left of its limit.
    private func tenants(of corpus: Corpus, lastWithin rest: Duration? = nil) async throws(PostgresError)
        -> Corpus.Tenants
    {
        let connection = try await session.connection(runningCodeOf: corpus.role)
        let start = ContinuousClock.now
        var limits = limits
        limits.statementTimeout = rest ?? limits.statementTimeout
        do throws(PostgresError) {
            let sql = try spelled(CorpusSQL(corpus.definition, operators: corpus.operators))
            let sandbox = try spelled(Sandbox(reading: sql.tenants, as: corpus.role))
            return .known(
                try await connection.read(sandbox, limits: limits.settings, timeout: limits.clientTimeout))
        } catch {
            // Whatever else it is, the owner's code may have brought it about, an answer of another shape as well.
            guard error.kind != .cancelled else { throw error }
            guard connection.isBroken, error.isWorthAnotherReading, rest == nil else {
                return .unreadable(ServerFailure(error))
            }
            let left = limits.statementTimeout - start.duration(to: .now)
            return try await tenants(of: corpus, lastWithin: max(left, limits.lockDeadline))
        }
    }
}

extension PostgresError {
    /// Of a session that is lost: not where it is known to be the owner's code, which would end the next one as well, or
    /// not end in that either.
    var isWorthAnotherReading: Bool { kind == .connection && sqlState != .transactionTimeout }
}
