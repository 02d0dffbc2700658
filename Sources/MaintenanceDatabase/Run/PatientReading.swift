import Maintenance
import PostgresClient

extension Connection {
    /// Reads something of several objects, all together, and one by one where that fails because of one of them: a lock
    /// that is not available, texts that are too long, or catalog entries of an owner's in such a number that it takes
    /// longer than is good for others. So it costs that object alone.
    ///
    /// Has to be called in a transaction, in which nothing is written meanwhile. It can still be used afterwards, and its
    /// settings are as they were.
    ///
    /// - Parameters:
    ///   - lockTimeout: of the transaction meanwhile; nil leaves it as it is.
    ///   - patience: how long a statement may take for one object, which is a hundred times what it takes: others wait.
    func readPatiently<Object: Hashable & Sendable, Value: Sendable>(
        _ objects: [Object], lockTimeout: Duration? = nil, patience: Duration = .seconds(2),
        _ read: ([Object]) async throws(PostgresError) -> [Object: Value]
    ) async throws(PostgresError) -> (read: [Object: Value], unread: [Object: ServerFailure]) {
        let locks = lockTimeout.map { "; SET LOCAL lock_timeout = '\($0.milliseconds)ms'" } ?? ""
        func together(_ objects: [Object]) async throws(PostgresError) -> [Object: Value] {
            guard !objects.isEmpty else { return [:] }
            // Nothing is written: rolling back just restores the settings.
            let end = "ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading"
            do throws(PostgresError) {
                let limit = patience * min(objects.count, 10)
                try await script(
                    unsafe: "SAVEPOINT reading; SET LOCAL statement_timeout = '\(limit.milliseconds)ms'\(locks)")
                let found = try await read(objects)
                try await script(unsafe: end)
                return found
            } catch {
                if error.isOfOneObject { try await script(unsafe: end) }
                throw error
            }
        }

        do throws(PostgresError) {
            return (try await together(objects), [:])
        } catch {
            guard error.isOfOneObject else { throw error }
        }
        var (found, unread): ([Object: Value], [Object: ServerFailure]) = ([:], [:])
        for object in objects {
            do throws(PostgresError) {
                found.merge(try await together([object])) { $1 }
            } catch {
                guard error.isOfOneObject else { throw error }
                unread[object] = ServerFailure(error)
            }
        }
        return (found, unread)
    }
}

extension PostgresError {
    /// Whether it leaves other objects readable.
    fileprivate var isOfOneObject: Bool {
        sqlState == .lockNotAvailable || sqlState == .programLimitExceeded
            || sqlState == .queryCanceled && kind == .server
    }
}
