import CLibPQ
import Synchronization

/// One session on a PostgreSQL server, over non-blocking libpq.
///
/// Statements run one after another, in the order of the calls. A statement that is cancelled, by its task, by
/// `cancel()` or by its time limit, is cancelled on the server. Whatever happens to the server or the network, every
/// call returns: a connection that is lost, or does not react to a cancel request, is *broken* (`isBroken`), and from
/// then on every statement throws `.connection`.
///
/// What this client will not do:
/// - no pool, no reconnecting: a broken connection stays broken, and its owner opens another
/// - no COPY (the connection is closed), no pipelining, no LISTEN, no large objects, no replication
/// - no cursors, no streaming: the whole result is held in memory
/// - no binary format, no date or numeric type: values are text until they are decoded
/// - no transactions of its own: BEGIN and COMMIT are statements; `isInTransaction` says whether one is open
package actor Connection {
    /// Which server, database and role this is.
    package nonisolated let server: ServerIdentity
    package nonisolated let opened = ContinuousClock.now

    private let executor: QueueExecutor
    let options: SessionOptions
    private let cancelRequest: CancelRequest?
    private nonisolated let broken = Atomic(false)
    private nonisolated let unresponsive = Atomic(false)
    /// Nil once the connection is broken.
    private var libpq: LibPQConnection?
    private var state = ConnectionState()
    private var turns = TurnQueue<CheckedContinuation<Bool, Never>>()
    private var socketWait = WakeableWait()
    private var isClosed = false
    /// Makes the settings of ``SessionSettings`` once more, after a RESET ALL.
    package internal(set) var settingsScript = ""
    package var record = SessionRecord()

    /// Counts the statements, so that a cancellation that arrives late does not hit the next statement.
    private var exchangeNumber = 0
    /// The callers of `cancel()` that wait for the end of the running statement.
    private var cancellers: [CheckedContinuation<Void, Never>] = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(owning libpq: consuming LibPQConnection, on executor: QueueExecutor, options: SessionOptions) {
        server = libpq.identity
        cancelRequest = CancelRequest(of: libpq)
        self.libpq = consume libpq
        self.executor = executor
        self.options = options
    }

    /// True once the connection is lost or closed: no further statement can succeed on it.
    package nonisolated var isBroken: Bool { broken.load(ordering: .acquiring) }

    /// True once the connection was closed because the server did not react to a cancel request: its session may go on for
    /// as long as it likes, with all its locks.
    package nonisolated var isUnresponsive: Bool { unresponsive.load(ordering: .acquiring) }

    /// True between BEGIN and the end of the transaction, also when it has failed.
    package var isInTransaction: Bool { libpq?.isInTransaction ?? false }
}

// MARK: - Ending

extension Connection {
    /// Cancels the running statement on the server, and returns when the statement has ended. It throws `.cancelled`,
    /// unless it was completed before the request arrived. No other statement is affected; if none is running, nothing
    /// happens.
    package func cancel() async {
        interrupt(exchange: exchangeNumber)
        guard case .cancelling = state.phase else { return }
        await withCheckedContinuation { cancellers.append($0) }
    }

    /// Cancels the running statement, refuses those that wait for their turn, and closes the connection. Closing it
    /// again does nothing.
    package func close() async {
        isClosed = true
        await cancel()
        await takeTurn()
        markBroken(PostgresError(.misuse, "the connection is closed"))
        passTurn()
    }

    private func interrupt(exchange number: Int) {
        guard number == exchangeNumber, state.interrupt(.cancelled, now: .now) else { return }
        requestCancel()
        socketWait.wake()
    }

    private func requestCancel() {
        guard let cancelRequest else { return state.cancelRequestEnded() }
        cancelRequest.send {
            self.executor.queue.async {
                self.assumeIsolated { connection in
                    connection.state.cancelRequestEnded()
                    connection.socketWait.wake()
                }
            }
        }
    }

    private func markBroken(_ error: PostgresError) {
        state.markBroken(error)
        if [.timedOut, .cancelled].contains(error.kind) { unresponsive.store(true, ordering: .releasing) }
        broken.store(true, ordering: .releasing)
        libpq = nil
    }
}

// MARK: - Turns

extension Connection {
    /// Waits until no other statement is running; false if the task was cancelled before that.
    private func takeTurnCancellably() async -> Bool {
        if turns.takeIfFree() { return true }
        let number = turns.drawNumber()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { admission in
                // If the task is cancelled already, `remove` may have run before there was anything to remove.
                if Task.isCancelled {
                    admission.resume(returning: false)
                } else {
                    turns.enqueue(admission, number: number)
                }
            }
        } onCancel: {
            executor.queue.async { self.assumeIsolated { $0.turns.remove(number: number)?.resume(returning: false) } }
        }
    }

    /// Waits until no other statement is running, even if the task is cancelled; always true.
    @discardableResult
    private func takeTurn() async -> Bool {
        if turns.takeIfFree() { return true }
        let number = turns.drawNumber()
        return await withCheckedContinuation { turns.enqueue($0, number: number) }
    }

    private func passTurn() {
        turns.passOn()?.resume(returning: true)
    }
}

// MARK: - One exchange with the server

extension Connection {
    func exchange(
        _ request: ExchangeRequest, _ limit: Duration?, grace: Duration? = nil, evenIfCancelled: Bool = false
    ) async throws(PostgresError) -> [ResultTable] {
        let hasTurn = await evenIfCancelled ? takeTurn() : takeTurnCancellably()
        defer { if hasTurn { passTurn() } }
        if !hasTurn || Task.isCancelled && !evenIfCancelled {
            throw PostgresError(.cancelled, "the statement was cancelled before it was sent", statement: request.text)
        }
        try send(request)
        state.begin(
            ConnectionState.Limits(
                limit: limit ?? options.statementTimeout, grace: grace ?? options.cancelGrace,
                isCancellable: !evenIfCancelled, from: .now))
        exchangeNumber += 1
        let number = exchangeNumber
        let outcome = await withTaskCancellationHandler {
            await awaitReplies(to: request)
        } onCancel: {
            if evenIfCancelled { return }
            executor.queue.async { self.assumeIsolated { $0.interrupt(exchange: number) } }
        }
        for canceller in cancellers { canceller.resume() }
        cancellers = []
        return try outcome.get()
    }

    private func send(_ request: ExchangeRequest) throws(PostgresError) {
        if isClosed { throw PostgresError(.misuse, "the connection is closed", statement: request.text) }
        if case .broken(let cause) = state.phase {
            throw PostgresError(
                .connection, "the connection is no longer usable: \(cause.message)", statement: request.text)
        }
        guard let pointer = libpq?.pointer else { preconditionFailure("a connection is lost, and not broken") }
        let isSent = try request.send(on: pointer)
        if !isSent {
            let error = PostgresError(.connection, libpq?.lastError ?? "", statement: request.text)
            markBroken(error)
            throw error
        }
    }

    private func awaitReplies(to request: ExchangeRequest) async -> Result<[ResultTable], PostgresError> {
        var replies = ServerReplies(to: request.text)
        while true {
            let interest = readReplies(into: &replies)
            if replies.isStuckInCopy {
                markBroken(PostgresError(.misuse, "COPY is not supported by this client; the connection was closed"))
            } else if let loss = replies.loss {
                markBroken(loss)
                return .failure(loss)
            }
            switch state.next(now: .now, isServerDone: replies.isComplete) {
            case .wait(let until): await wait(for: interest, until: until)
            case .requestCancel: requestCancel()
            case .finish(let interruption): return replies.outcome(interruption)
            case .abandon(var error):
                markBroken(error)
                error.statement = request.text
                return .failure(error)
            }
        }
    }

    private func readReplies(into replies: inout ServerReplies) -> SocketWait.Interest {
        switch libpq {
        case .some(let connection): replies.read(from: connection)
        case nil: []
        }
    }

    private func wait(for interest: SocketWait.Interest, until deadline: ContinuousClock.Instant?) async {
        var deadline = deadline
        if libpq?.usesGSSEncryption ?? false {
            // libpq's GSS layer may hold decrypted bytes of which no socket event tells, and offers no way to ask for
            // them: look again soon.
            deadline = min(deadline ?? .now + .milliseconds(100), .now + .milliseconds(100))
        }
        let socket = libpq?.socket ?? -1
        _ = await withCheckedContinuation { continuation in
            socketWait.begin(socket: socket, interest: interest, until: deadline, on: executor.queue) {
                continuation.resume(returning: $0)
            }
        }
        socketWait.end()
    }
}
