import CLibPQ

extension Connection {
    /// Runs a statement; rows, if it returns any, are dropped.
    ///
    /// - Parameter timeout: nil means `SessionOptions.statementTimeout`.
    /// - Parameter evenIfCancelled: the statement is sent, and its end awaited, even if the task is or has been
    ///   cancelled. For statements that must not be interrupted once they are sent, such as COMMIT. The timeout does
    ///   not cancel such a statement either, but closes the connection: a COMMIT that waits for a synchronous standby
    ///   and is cancelled would report success although the standby does not have it.
    ///
    /// - Throws: `.server` with the error that the server reported; `.timedOut`, `.cancelled`; `.connection` when the
    ///   connection is lost; `.misuse` for a closed connection, for COPY, and for a NUL character.
    package func execute(
        _ statement: Statement, timeout: Duration? = nil, evenIfCancelled: Bool = false
    ) async throws(PostgresError) {
        _ = try await exchange(.statement(statement), timeout, evenIfCancelled: evenIfCancelled)
    }

    /// All rows of a statement that returns rows; there may be none. `evenIfCancelled` is as for `execute`.
    ///
    /// - Throws: `.shape` for a statement that cannot return rows, such as CREATE TABLE.
    package func rows(
        _ statement: Statement, timeout: Duration? = nil, evenIfCancelled: Bool = false
    ) async throws(PostgresError) -> [Row] {
        let table = try await table(statement, timeout, evenIfCancelled)
        guard table.status == PGRES_TUPLES_OK else {
            let found =
                table.status == PGRES_EMPTY_QUERY ? "the statement is empty" : "\(table.commandTag) returns none"
            throw PostgresError(.shape, "expected rows; \(found)", statement: statement.text)
        }
        return table.rows
    }

    /// The only row.
    ///
    /// - Throws: `.shape` for no row, and for more than one.
    package func row(
        _ statement: Statement, timeout: Duration? = nil, evenIfCancelled: Bool = false
    ) async throws(PostgresError) -> Row {
        guard let row = try await optionalRow(statement, timeout: timeout, evenIfCancelled: evenIfCancelled) else {
            throw PostgresError(.shape, "expected one row, found none", statement: statement.text)
        }
        return row
    }

    /// The only row, or nil for none.
    ///
    /// - Throws: `.shape` for more than one.
    package func optionalRow(
        _ statement: Statement, timeout: Duration? = nil, evenIfCancelled: Bool = false
    ) async throws(PostgresError) -> Row? {
        let rows = try await rows(statement, timeout: timeout, evenIfCancelled: evenIfCancelled)
        if rows.count > 1 {
            throw PostgresError(
                .shape, "expected at most one row, found \(rows.count)", statement: statement.text)
        }
        return rows.first
    }

    /// Runs several statements in one round trip by the simple protocol: outside of a transaction block they are one
    /// transaction, unless they say otherwise. Rows are dropped.
    ///
    /// - Parameter evenIfCancelled: as for `execute`.
    package func script(
        unsafe sql: String, timeout: Duration? = nil, evenIfCancelled: Bool = false
    ) async throws(PostgresError) {
        _ = try await exchange(.script(sql), timeout, evenIfCancelled: evenIfCancelled)
    }

    /// As `script`, with the rows of each statement that returns rows, in their order.
    package func results(
        ofScript sql: String, timeout: Duration? = nil, evenIfCancelled: Bool = false
    ) async throws(PostgresError) -> [[Row]] {
        try await exchange(.script(sql), timeout, evenIfCancelled: evenIfCancelled)
            .filter { $0.status == PGRES_TUPLES_OK }.map(\.rows)
    }

    private func table(
        _ statement: Statement, _ timeout: Duration?, _ evenIfCancelled: Bool
    ) async throws(PostgresError) -> ResultTable {
        let request = try await request(for: statement, timeout, evenIfCancelled)
        let tables = try await exchange(request, timeout, evenIfCancelled: evenIfCancelled)
        guard let table = tables.last else {
            throw PostgresError(.connection, "the server answered without a result")
        }
        return table
    }

    /// From now on keeps the plans of the queries that say so (`Statement.keepsPlan`), once they are asked for the second
    /// time. A plan is then one for all values, and so is that of every other statement with parameters: for a session that
    /// asks small questions again and again. No transaction may be open.
    package func keepPlans() async throws(PostgresError) {
        try await setForSession(unsafe: "SET plan_cache_mode = force_generic_plan")
        record.plans = KeptPlans()
    }

    /// Prepares it first, in a round trip of its own, where it is asked for the second time.
    private func request(
        for statement: Statement, _ timeout: Duration?, _ evenIfCancelled: Bool
    ) async throws(PostgresError) -> ExchangeRequest {
        // What code of others has left behind where it failed may have the name of one of ours.
        guard statement.keepsPlan, !record.isSoiled || isInTransaction else { return .statement(statement) }
        switch record.plans?.use(of: statement.signature) {
        case nil, .once: return .statement(statement)
        case .kept(let name): return .prepared(statement, name: name)
        case .again(let name):
            _ = try await exchange(.preparation(statement, name: name), timeout, evenIfCancelled: evenIfCancelled)
            record.plans?.keep(statement.signature, as: name)
            return .prepared(statement, name: name)
        }
    }
}
