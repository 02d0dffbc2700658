import CLibPQ
import Dispatch
import SQLText

/// Opens one connection: tries each host and each of its addresses, each with a time limit of its own.
///
/// libpq does the same only when it may block: in asynchronous mode it ignores `connect_timeout`, and it resolves host
/// names inside PQconnectStart, which blocks. So it is given one address at a time (`hostaddr`), along with the host
/// name, which TLS and the password file need.
///
/// As in libpq, a server that was reached and refused the session (a wrong password, no such database) ends the search;
/// one that is starting up or shutting down does not.
actor Dialer {
    private let executor: QueueExecutor
    private let options: SessionOptions
    private var socketWait = WakeableWait()
    private var isCancelled = false
    private var dialed: LibPQConnection?
    private var startOptions = ""
    private var hasStartOptions = true

    /// A connection, and the time limit that it was made under.
    struct Dialed: ~Copyable {
        let connection: LibPQConnection
        let limit: Duration?
        /// Whether the settings of ``SessionSettings/startOptions(after:transactionTimeout:)`` were taken.
        let hasStartOptions: Bool
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(on executor: QueueExecutor, options: SessionOptions) {
        self.executor = executor
        self.options = options
    }

    /// - Parameter knowsTransactionTimeout: whether the server is known to know `transaction_timeout`.
    /// - Throws: what every host said, or the error that ended the search; `.cancelled` when the task is cancelled.
    func dial(
        _ info: ConnectionInfo, knowsTransactionTimeout: Bool = false
    ) async throws(PostgresError) -> Dialed {
        try Self.requireFiles()
        let effective = try EffectiveSettings(info)
        startOptions = SessionSettings.startOptions(
            after: effective["options"], transactionTimeout: knowsTransactionTimeout)
        let limit = try effective.connectTimeout(default: options.connectTimeout)
        let settings = completed(info, effective)
        let failure = await withTaskCancellationHandler {
            await search(effective, settings, within: limit)
        } onCancel: {
            executor.queue.async { self.assumeIsolated { $0.cancel() } }
        }
        guard let connection = dialed.take() else { throw failure ?? .connectingCancelled }
        return Dialed(connection: connection, limit: limit, hasStartOptions: hasStartOptions)
    }

    /// The socket, a password file, certificates, the files of a look-up. libpq itself would take a password file that it
    /// cannot open for one that is not there, and the server would refuse the role.
    private static func requireFiles() throws(PostgresError) {
        guard let obstacle = OpenFiles.obstacle(to: filesOfAConnection) else { return }
        throw PostgresError(.connection, "no connection can be opened: \(obstacle)")
    }

    private static let filesOfAConnection = 4

    /// Leaves the first connection that can be made in `dialed`, or returns why there is none.
    private func search(
        _ effective: EffectiveSettings, _ settings: ConnectionInfo, within limit: Duration?
    ) async -> PostgresError? {
        var failures: [PostgresError] = []
        for attributes in targetSessionAttributes(effective) {
            let pass = attributes.map { settings.setting("target_session_attrs", to: $0) } ?? settings
            failures = []
            for host in effective.hosts {
                do throws(PostgresError) {
                    failures += try await tryAddresses(of: host, with: pass, within: limit)
                } catch {
                    return error
                }
                if dialed != nil { return nil }
            }
        }
        return Self.combined(failures)
    }

    /// The values of `target_session_attrs` to try, one after the other: all hosts are tried with the first value, then
    /// all with the second. libpq does the same by itself, but here it is given one host at a time.
    private func targetSessionAttributes(_ effective: EffectiveSettings) -> [String?] {
        switch effective["target_session_attrs"] {
        case "prefer-standby": ["standby", "any"]
        case nil, "any": options.prefersPrimary && effective.hosts.count > 1 ? ["primary", "any"] : [nil]
        default: [nil]
        }
    }

    /// Returns why no address of this host can be used; throws an error that ends the search.
    private func tryAddresses(
        of host: EffectiveSettings.Host, with settings: ConnectionInfo, within limit: Duration?
    ) async throws(PostgresError) -> [PostgresError] {
        var failures: [PostgresError] = []
        do throws(PostgresError) {
            for address in try await addresses(of: host, within: limit) {
                do throws(PostgresError) {
                    dialed = try await connectWithOptions(settings, to: host, at: address, within: limit)
                    return []
                } catch {
                    if !error.allowsNextHost { throw error }
                    failures.append(error)
                }
            }
        } catch {
            if !error.allowsNextHost { throw error }
            failures.append(error)
        }
        return failures
    }

    /// The settings that are the same for all hosts. Keepalives detect a peer that has disappeared while this side
    /// waits for it; `tcp_user_timeout` detects that while this side sends.
    private func completed(_ info: ConnectionInfo, _ effective: EffectiveSettings) -> ConnectionInfo {
        let defaults = [
            ("fallback_application_name", options.applicationName), ("keepalives_idle", "30"),
            ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "60000"),
        ]
        let completed = defaults.reduce(info) { info, setting in
            effective[setting.0] == nil ? info.setting(setting.0, to: setting.1) : info
        }
        // From the beginning, so that the server's messages while connecting are UTF-8 as well.
        return completed.setting("client_encoding", to: "UTF8")
    }

    private func addresses(of host: EffectiveSettings.Host, within limit: Duration?) async throws(PostgresError)
        -> [String?]
    {
        guard let name = host.nameToResolve else { return [host.address] }
        let deadline = limit.map { ContinuousClock.now + $0 }
        let lookup = Lookup()
        options.resolver.resolve(name) { result in
            self.executor.queue.async {
                self.assumeIsolated { dialer in
                    lookup.result = result
                    dialer.socketWait.wake()
                }
            }
        }
        while true {
            if isCancelled { throw .connectingCancelled }
            if let result = lookup.result { return try result.get().map { $0 } }
            if let limit, let deadline, deadline <= .now {
                throw PostgresError(.connection, "host name \"\(name)\" did not resolve within \(limit)")
            }
            _ = await wait(socket: -1, for: [], until: deadline)
        }
    }

    /// A pooler refuses a session that begins with settings which it does not pass on: then it begins without ours.
    private func connectWithOptions(
        _ settings: ConnectionInfo, to host: EffectiveSettings.Host, at address: String?, within limit: Duration?
    ) async throws(PostgresError) -> LibPQConnection {
        do throws(PostgresError) {
            let settings = settings.setting("options", to: startOptions)
            let connection = try await connect(settings, to: host, at: address, within: limit)
            hasStartOptions = true
            return connection
        } catch {
            guard error.sqlState == .protocolViolation else { throw error }
        }
        hasStartOptions = false
        return try await connect(settings, to: host, at: address, within: limit)
    }

    private func connect(
        _ settings: ConnectionInfo, to host: EffectiveSettings.Host, at address: String?, within limit: Duration?
    ) async throws(PostgresError) -> LibPQConnection {
        let deadline = limit.map { ContinuousClock.now + $0 }
        let target = settings.setting("host", to: host.name ?? "").setting("hostaddr", to: address ?? "")
            .setting("port", to: host.port ?? "")
        guard let pointer = target.startConnection() else { throw PostgresError(.connection, "out of memory") }
        let connection = LibPQConnection(owning: pointer, onNotice: options.onNotice)
        // libpq gives the SQLSTATE of a refused session only inside the verbose message.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        var interest: SocketWait.Interest = .write
        while !connection.isLost {
            if isCancelled { throw .connectingCancelled }
            let outcome = await wait(socket: connection.socket, for: interest, until: deadline)
            switch outcome {
            case .woken: continue
            case .deadline: throw ConnectFailure.timedOut(host, address: address, limit: limit)
            case .ready: break
            }
            switch PQconnectPoll(pointer) {
            case PGRES_POLLING_READING: interest = .read
            case PGRES_POLLING_WRITING: interest = .write
            case PGRES_POLLING_OK:
                PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
                guard PQsetnonblocking(pointer, 1) == 0 else {
                    throw PostgresError(.connection, connection.lastError)
                }
                return connection
            default:
                throw ConnectFailure.error(connection, host)
            }
        }
        throw ConnectFailure.error(connection, host)
    }

    func cancel() {
        isCancelled = true
        socketWait.wake()
    }

    private func wait(
        socket: Int32, for interest: SocketWait.Interest, until deadline: ContinuousClock.Instant?
    ) async -> SocketWait.Outcome {
        defer { socketWait.end() }
        return await withCheckedContinuation { continuation in
            socketWait.begin(socket: socket, interest: interest, until: deadline, on: executor.queue) {
                continuation.resume(returning: $0)
            }
        }
    }

    /// The error of the only attempt, or one that lists all of them.
    private static func combined(_ failures: [PostgresError]) -> PostgresError {
        guard failures.count != 1 else { return failures[0] }
        guard let last = failures.last else { return PostgresError(.connection, "no host to connect to") }
        var error = last
        error.message = "none of the hosts can be used: " + failures.map(\.message).joined(separator: "; ")
        return error
    }

    /// Where the resolver leaves its answer. Only touched on the dialer's queue.
    private final class Lookup: @unchecked Sendable {
        var result: Result<[String], PostgresError>?
    }
}

extension PostgresError {
    static var connectingCancelled: PostgresError { PostgresError(.cancelled, "connecting was cancelled") }

    /// As in libpq: once a server has refused the session, no further host is tried, unless the server is only starting
    /// up or shutting down.
    fileprivate var allowsNextHost: Bool {
        kind == .connection && (sqlState == nil || sqlState == .cannotConnectNow)
    }
}
