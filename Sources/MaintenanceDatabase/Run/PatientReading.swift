import Maintenance
import PostgresClient
import SQLText

extension Connection {
    /// Reads something of several objects, all together, and one by one where that fails, which may be because of one of
    /// them: a lock that is not available, texts that are too long, catalog entries of an owner's in such a number that it
    /// takes longer than is good for others, or a table that is dropped meanwhile. So it costs that object alone.
    ///
    /// Has to be called in a transaction, in which nothing is written meanwhile. It can still be used afterwards, and its
    /// settings are as they were.
    ///
    /// - Parameters:
    ///   - lockTimeout: of the transaction meanwhile; nil leaves it as it is.
    ///   - patience: how long a statement may take for one object, which is a hundred times what it takes: others wait.
    ///   - owner: whose an object is. Who has used up five times that patience has nothing more read of, one by one: he may
    ///     have made thousands of them.
    ///   - read: may leave some of them out.
    /// - Returns: what was read, and the error of each of which nothing could be.
    /// - Throws: what does not come of one object, such as the loss of the connection.
    func readPatiently<Object: Hashable & Sendable, Value: Sendable>(
        _ objects: [Object], lockTimeout: Duration? = nil, patience: Duration = .seconds(2),
        ownedBy owner: ((Object) -> String)? = nil,
        _ read: ([Object]) async throws(PostgresError) -> [Object: Value]
    ) async throws(PostgresError) -> (read: [Object: Value], unread: [Object: PostgresError]) {
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
                if error.isOfOneObject, !isBroken { try await script(unsafe: end) }
                throw error
            }
        }

        do throws(PostgresError) {
            return (try await together(objects), [:])
        } catch {
            guard error.isOfOneObject, !isBroken else { throw error }
        }
        var (found, unread): ([Object: Value], [Object: PostgresError]) = ([:], [:])
        var spent: [[UInt8]: Duration] = [:]
        for object in objects {
            let owner = owner.map { Array($0(object).utf8) }
            if let owner, spent[owner, default: .zero] > patience * 5 {
                unread[object] = .notRead
                continue
            }
            let start = ContinuousClock.now
            do throws(PostgresError) {
                found.merge(try await together([object])) { $1 }
            } catch {
                guard error.isOfOneObject, !isBroken else { throw error }
                unread[object] = error
            }
            if let owner { spent[owner, default: .zero] += start.duration(to: .now) }
        }
        return (found, unread)
    }
}

extension PostgresError {
    /// Whether another object may be read all the same.
    fileprivate var isOfOneObject: Bool {
        switch kind {
        case .server, .shape, .decoding, .misuse: true
        case .connection, .authentication, .pooler, .timedOut, .cancelled: false
        }
    }

    /// Whether it may mean that something was dropped while it was read, which need not be so the next time: it is not
    /// there, the server has found half of it (`cache lookup failed`), or has NULL for its text.
    var indicatesDroppedObject: Bool {
        let states: [SQLState] = [
            .undefinedTable, .undefinedObject, .undefinedFunction, .undefinedColumn, .invalidSchemaName, .internalError,
        ]
        return kind == .decoding || sqlState.map(states.contains) ?? false
    }

    fileprivate static let notRead = PostgresError(
        .server, "not read, since it took too long for others of the same owner",
        hint: "look for who has made thousands of tables, types, casts, CHECKs or indexes there")

    /// A partition that is not there any more, though the transaction's snapshot has it.
    static let dropped = PostgresError(.decoding, "a partition was dropped while it was read")
}
