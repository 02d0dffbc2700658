import CLibPQ
import Synchronization

/// One session on a PostgreSQL server, over non-blocking libpq.
///
/// Statements run one after another in the order in which they were asked for; a statement that is cancelled, by its
/// task, by `cancel()` or by its time limit, is cancelled on the server. Whatever happens to the server or the network,
/// every call ends: a connection that is lost, or does not react to a cancel, is *broken*, and says so from then on.
///
/// What this client will not do:
/// - no pool, no reconnecting: a broken connection stays broken, and its owner opens another
/// - no COPY (the connection is closed), no pipelining, no LISTEN, no large objects, no replication
/// - no cursor, no streaming: a result is in memory as a whole
/// - no binary format, no prepared statements, no date or numeric type: values are text until they are decoded
/// - no transactions of its own: BEGIN and COMMIT are statements, `isInTransaction` tells
package actor Connection {
    /// Which server, database and role this is.
    package nonisolated let server: ServerIdentity

    private let executor: QueueExecutor
    private let options: SessionOptions
    private let cancelRequest: CancelRequest?
    private nonisolated let broken = Atomic(false)
    private var libpq: LibPQConnection?
    private var state: ConnectionState
    private var wait: SocketWait?

    /// Tells a statement from the next, for a cancellation that comes late.
    private var exchangeNumber = 0
    private var endWaiters: [CheckedContinuation<Void, Never>] = []

    /// Actors are reentrant: without a line to stand in, two statements would share the wire.
    private var isTurnTaken = false
    private var line: [(ticket: Int, admit: CheckedContinuation<Bool, Never>)] = []
    private var nextTicket = 0
    private var isClosed = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init(owning libpq: consuming LibPQConnection, on executor: QueueExecutor, options: SessionOptions) {
        server = libpq.identity
        cancelRequest = CancelRequest(of: libpq)
        state = ConnectionState(cancelGrace: options.cancelGrace)
        self.libpq = consume libpq
        self.executor = executor
        self.options = options
    }

    /// Connects, and pins the settings of the session (`SessionSettings`).
    ///
    /// - Throws: `.connection` or `.authentication` with what every host said, `.misuse` for settings that libpq
    ///   refuses, `.cancelled` when the task is cancelled.
    package nonisolated(nonsending) static func open(
        _ info: ConnectionInfo, options: SessionOptions = SessionOptions()
    ) async throws(PostgresError) -> Connection {
        let executor = QueueExecutor(label: "postgres.connection")
        let dialer = Dialer(on: executor, options: options)
        let libpq = try await dialer.dial(info)
        let connection = Connection(owning: libpq, on: executor, options: options)
        do {
            try await connection.pinSettings()
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    private func pinSettings() async throws(PostgresError) {
        do {
            try await script(unsafe: SessionSettings.script(checkingClient: true), timeout: options.connectTimeout)
        } catch  where error.sqlState == .invalidParameterValue {
            try await script(unsafe: SessionSettings.script(checkingClient: false), timeout: options.connectTimeout)
        }
    }

    /// True once the connection is lost or closed: no statement will ever succeed on it again.
    package nonisolated var isBroken: Bool { broken.load(ordering: .acquiring) }

    /// True between BEGIN and the end of the transaction, also when it has failed.
    package var isInTransaction: Bool {
        switch libpq?.transactionStatus {
        case PQTRANS_INTRANS, PQTRANS_INERROR: true
        default: false
        }
    }
}

// MARK: - Statements

extension Connection {
    /// Runs a statement; rows, if it returns any, are dropped.
    package func execute(_ statement: Statement, timeout: Duration? = nil) async throws(PostgresError) {
        _ = try await table(statement, timeout)
    }

    /// All rows of a statement that returns rows, none included.
    ///
    /// - Throws: `.shape` for a statement that returns no rows by its nature.
    package func rows(_ statement: Statement, timeout: Duration? = nil) async throws(PostgresError) -> [Row] {
        let table = try await table(statement, timeout)
        guard table.status == PGRES_TUPLES_OK else {
            var error = PostgresError(.shape, "expected rows; the statement returns none (\(table.commandTag))")
            error.statement = statement.text
            throw error
        }
        return table.rows
    }

    /// The only row.
    ///
    /// - Throws: `.shape` for no row, and for more than one.
    package func row(_ statement: Statement, timeout: Duration? = nil) async throws(PostgresError) -> Row {
        guard let row = try await optionalRow(statement, timeout: timeout) else {
            var error = PostgresError(.shape, "expected one row, found none")
            error.statement = statement.text
            throw error
        }
        return row
    }

    /// The only row, or nil for none.
    ///
    /// - Throws: `.shape` for more than one.
    package func optionalRow(_ statement: Statement, timeout: Duration? = nil) async throws(PostgresError) -> Row? {
        let rows = try await rows(statement, timeout: timeout)
        if rows.count > 1 {
            var error = PostgresError(.shape, "expected at most one row, found \(rows.count)")
            error.statement = statement.text
            throw error
        }
        return rows.first
    }

    /// Runs several statements in one round trip by the simple protocol: outside of a transaction block they are one
    /// transaction, unless they say otherwise. Rows are dropped.
    package func script(unsafe sql: String, timeout: Duration? = nil) async throws(PostgresError) {
        _ = try await exchange(.script(sql), timeout)
    }

    private func table(_ statement: Statement, _ timeout: Duration?) async throws(PostgresError) -> ResultTable {
        guard let table = try await exchange(.statement(statement), timeout).last else {
            throw PostgresError(.connection, "the server answered without a result")
        }
        return table
    }
}

// MARK: - Ending

extension Connection {
    /// Cancels the statement that is running, on the server, and returns when it is over. The statement throws
    /// `.cancelled`, unless it was done before the request arrived. No other statement is affected, and without a
    /// running one nothing happens.
    package func cancel() async {
        interrupt(exchange: exchangeNumber)
        guard case .cancelling = state.phase else { return }
        await withCheckedContinuation { endWaiters.append($0) }
    }

    /// Cancels what is running, refuses what stands in line, and closes the connection. Harmless when repeated.
    package func close() async {
        isClosed = true
        await cancel()
        await takeTurn()
        state.lose(PostgresError(.misuse, "the connection is closed"))
        discard()
        passTurn()
    }

    private func interrupt(exchange number: Int) {
        guard number == exchangeNumber, state.interrupt(.cancelled, now: .now) else { return }
        requestCancel()
        wait?.wake()
    }

    private func requestCancel() {
        guard let cancelRequest else { return state.cancelReturned() }
        cancelRequest.send {
            self.executor.queue.async {
                self.assumeIsolated { connection in
                    connection.state.cancelReturned()
                    connection.wait?.wake()
                }
            }
        }
    }

    private func discard() {
        broken.store(true, ordering: .releasing)
        libpq = nil
    }
}

// MARK: - The line

extension Connection {
    /// Waits until no other statement is on the wire; false if the task was cancelled before that.
    private func takeTurnCancellably() async -> Bool {
        guard isTurnTaken else {
            isTurnTaken = true
            return true
        }
        let ticket = nextTicket
        nextTicket += 1
        return await withTaskCancellationHandler {
            await withCheckedContinuation { line.append((ticket, $0)) }
        } onCancel: {
            // Runs after `append`, since this queue is the actor's own.
            executor.queue.async { self.assumeIsolated { $0.leaveLine(ticket) } }
        }
    }

    private func takeTurn() async {
        guard isTurnTaken else {
            isTurnTaken = true
            return
        }
        nextTicket += 1
        let ticket = nextTicket - 1
        _ = await withCheckedContinuation { line.append((ticket, $0)) }
    }

    private func leaveLine(_ ticket: Int) {
        guard let index = line.firstIndex(where: { $0.ticket == ticket }) else { return }
        line.remove(at: index).admit.resume(returning: false)
    }

    /// The turn goes over to the next in line without ever being free: nobody can slip in between.
    private func passTurn() {
        if line.isEmpty {
            isTurnTaken = false
        } else {
            line.removeFirst().admit.resume(returning: true)
        }
    }
}

// MARK: - One exchange with the server

extension Connection {
    private enum Request {
        case statement(Statement)
        case script(String)

        var text: String {
            switch self {
            case .statement(let statement): statement.text
            case .script(let sql): sql
            }
        }
    }

    /// What has come back so far.
    private struct Replies {
        var tables: [ResultTable] = []
        var error: PostgresError?
        var isComplete = false
    }

    private func exchange(_ request: Request, _ timeout: Duration?) async throws(PostgresError) -> [ResultTable] {
        guard await takeTurnCancellably() else {
            throw PostgresError(.cancelled, "the statement was cancelled before it was sent")
        }
        defer { passTurn() }
        if Task.isCancelled {
            throw PostgresError(.cancelled, "the statement was cancelled before it was sent")
        }
        exchangeNumber += 1
        let number = exchangeNumber
        let outcome = await withTaskCancellationHandler {
            await converse(request, limit: timeout ?? options.statementTimeout)
        } onCancel: {
            executor.queue.async { self.assumeIsolated { $0.interrupt(exchange: number) } }
        }
        for waiter in endWaiters { waiter.resume() }
        endWaiters = []
        return try outcome.get()
    }

    private func converse(_ request: Request, limit: Duration?) async -> Result<[ResultTable], PostgresError> {
        if isClosed { return .failure(PostgresError(.misuse, "the connection is closed")) }
        if case .broken(let error) = state.phase { return .failure(error) }
        do throws(PostgresError) {
            try send(request)
        } catch {
            return .failure(error)
        }
        state.begin(limit: limit, now: .now)
        var replies = Replies()
        while true {
            let interest = receive(into: &replies, statement: request.text)
            switch state.next(now: .now, isServerDone: replies.isComplete) {
            case .wait(let until): await wait(for: interest, until: until)
            case .requestCancel: requestCancel()
            case .finish(let interruption): return outcome(of: replies, interruption, request)
            case .abandon(var error):
                discard()
                error.statement = request.text
                return .failure(error)
            }
        }
    }

    private func send(_ request: Request) throws(PostgresError) {
        guard let pointer = libpq?.pointer else { throw PostgresError(.misuse, "the connection is closed") }
        let texts = [request.text]
        if texts.contains(where: { $0.utf8.contains(0) }) {
            throw PostgresError(.misuse, "the statement contains a NUL character, which PostgreSQL text cannot hold")
        }
        let isSent: Bool
        switch request {
        case .script(let sql):
            isSent = PQsendQuery(pointer, sql) == 1
        case .statement(let statement):
            isSent = try statement.send(on: pointer)
        }
        if !isSent {
            let error = PostgresError(.connection, libpq?.lastError ?? "")
            state.lose(error)
            discard()
            throw error
        }
    }

    /// Sends and reads what can be without blocking. Returns what to wait for.
    private func receive(into replies: inout Replies, statement: String) -> SocketWait.Interest {
        guard let pointer = libpq?.pointer, !replies.isComplete else { return [] }
        // After a failed flush there may still be a last word of the server to read.
        let isFlushed = PQflush(pointer) != 1
        let isLost = PQconsumeInput(pointer) == 0
        while isLost || PQisBusy(pointer) == 0 {
            guard let result = PQgetResult(pointer) else {
                replies.isComplete = true
                break
            }
            let table = ResultTable(owning: result)
            switch table.status {
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                state.lose(
                    PostgresError(.misuse, "COPY is not supported by this client; the connection was closed"))
                return []
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                replies.tables.append(table)
            default:
                replies.error = replies.error ?? table.error(statement: statement)
            }
        }
        return isFlushed ? .read : [.read, .write]
    }

    private func outcome(
        of replies: Replies, _ interruption: ConnectionState.Interruption?, _ request: Request
    ) -> Result<[ResultTable], PostgresError> {
        if libpq?.isLost ?? true {
            var error = replies.error ?? PostgresError(.connection, libpq?.lastError ?? "the connection is lost")
            error.kind = .connection
            error.statement = request.text
            state.lose(error)
            discard()
            return .failure(error)
        }
        guard var error = replies.error else { return .success(replies.tables) }
        if error.sqlState == .queryCanceled, let interruption {
            switch interruption {
            case .cancelled:
                error.kind = .cancelled
                error.message = "the statement was cancelled"
            case .timedOut(let limit):
                error.kind = .timedOut
                error.message = "the statement took longer than its limit of \(limit) and was cancelled"
            }
        }
        return .failure(error)
    }

    private func wait(for interest: SocketWait.Interest, until deadline: ContinuousClock.Instant?) async {
        let socket = libpq?.socket ?? -1
        await withCheckedContinuation { continuation in
            wait = SocketWait(socket: socket, interest: interest, until: deadline, on: executor.queue) {
                continuation.resume()
            }
        }
        wait = nil
    }
}
