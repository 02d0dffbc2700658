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
    /// only the latter keeps the server from accepting another one, in which the list is read once more.
    private func tenants(of corpus: Corpus, isLastTry: Bool = false) async throws(PostgresError) -> Corpus.Tenants {
        let connection = try await session.connection(runningCodeOf: corpus.role)
        do throws(PostgresError) {
            let sql = try spelled(CorpusSQL(corpus.definition, operators: corpus.operators))
            let sandbox = try spelled(Sandbox(reading: sql.tenants, as: corpus.role))
            return .known(
                try await connection.read(sandbox, limits: limits.settings, timeout: limits.clientTimeout))
        } catch {
            // Whatever else it is, the owner's code may have brought it about, an answer of another shape as well.
            guard error.kind != .cancelled else { throw error }
            // Where it is known to be the owner's code, it would end the next session as well.
            let isWorthAnother = connection.isBroken && error.sqlState != .transactionTimeout
            return isWorthAnother && !isLastTry
                ? try await tenants(of: corpus, isLastTry: true) : .unreadable(ServerFailure(error))
        }
    }
}
