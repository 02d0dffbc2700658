import Maintenance
import PostgresClient
import SQLText

/// Work that gives way, as autovacuum does: while it runs, another session looks whether anybody waits for a lock of its
/// session's, and cancels it at once.
struct GivingWay {
    /// The session that looks.
    let keeper: Connection
    /// The session that works.
    let worker: Connection
    /// What it is about, for waits that are for no relation.
    let object: RelationName
    /// How long a step waits for a lock.
    let lockDeadline: Duration

    /// More often than a step of pgtend's gives up waiting.
    private var interval: Duration { min(.milliseconds(100), lockDeadline / 4) }

    /// - Returns: who waited, if the work was cancelled for them; empty if it was done.
    func run(
        _ work: @escaping @Sendable () async throws(PostgresError) -> Void
    ) async throws(PostgresError) -> [Blocker] {
        let (watch, failure) = await withTaskGroup { group in
            group.addTask { await self.watch() }
            let failure = await Self.failure(of: work)
            group.cancelAll()
            return (await group.next() ?? .success([]), failure)
        }
        guard let failure else { return [] }
        let waiting = try watch.get()
        if waiting.isEmpty || failure.kind == .cancelled { throw failure }
        return waiting
    }

    private static func failure(of work: () async throws(PostgresError) -> Void) async -> PostgresError? {
        do throws(PostgresError) {
            try await work()
            return nil
        } catch {
            return error
        }
    }

    /// Until somebody waits or the work is over. Unwatched work would not give way: it ends with what watches it.
    private func watch() async -> Result<[Blocker], PostgresError> {
        do throws(PostgresError) {
            while await pause(for: interval) {
                let waiting = try await keeper.cancel(worker, ifInTheWayOf: object)
                if !waiting.isEmpty { return .success(waiting) }
            }
            return .success([])
        } catch {
            // It may be between two statements.
            repeat { await worker.cancel() } while await pause(for: interval)
            return .failure(error)
        }
    }
}
