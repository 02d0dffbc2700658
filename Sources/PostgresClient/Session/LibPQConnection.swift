import CLibPQ
import SQLText

/// Owns one `PGconn`, and closes it at the end of its life, so that none can leak.
///
/// `@unchecked Sendable`: libpq allows a `PGconn` on any thread, but only on one at a time. This value cannot be
/// copied: it moves from the dialer to the connection, and both use it on the same serial queue only.
struct LibPQConnection: ~Copyable, @unchecked Sendable {
    let pointer: OpaquePointer
    private let notices: NoticeHandler?

    /// Takes ownership of `pointer`; notices go to `onNotice` from here on.
    init(owning pointer: OpaquePointer, onNotice: (@Sendable (Notice) -> Void)?) {
        self.pointer = pointer
        let notices = onNotice.map(NoticeHandler.init)
        self.notices = notices
        // Unretained: this value keeps the handler alive until after PQfinish.
        PQsetNoticeReceiver(
            pointer,
            { handler, result in
                guard let handler, let result else { return }
                Unmanaged<NoticeHandler>.fromOpaque(handler).takeUnretainedValue().handle(result)
            },
            notices.map { Unmanaged.passUnretained($0).toOpaque() })
    }

    deinit {
        PQfinish(pointer)
    }

    var socket: Int32 { PQsocket(pointer) }

    var isLost: Bool { PQstatus(pointer) == CONNECTION_BAD }

    var usesGSSEncryption: Bool { PQgssEncInUse(pointer) == 1 }

    var isInTransaction: Bool {
        let status = PQtransactionStatus(pointer)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Reads what has arrived, without blocking. After a failure `isLost` is true, and the next result is an error.
    func readAvailable() {
        while PQconsumeInput(pointer) == 1, TLSLayer.hasPendingBytes(pointer) {}
    }

    var lastError: String { String(cString: PQerrorMessage(pointer)).trimmedMessage() }

    var identity: ServerIdentity {
        func text(_ value: UnsafePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
        return ServerIdentity(
            version: ServerVersion(number: Int(PQserverVersion(pointer))), backendPID: PQbackendPID(pointer),
            host: text(PQhost(pointer)), port: Int(text(PQport(pointer))) ?? 0,
            address: text(PQhostaddr(pointer)), database: text(PQdb(pointer)), user: text(PQuser(pointer)),
            encoding: text(PQparameterStatus(pointer, "server_encoding")))
    }
}

/// The context argument of libpq's notice receiver.
private final class NoticeHandler: Sendable {
    private let onNotice: @Sendable (Notice) -> Void

    init(_ onNotice: @escaping @Sendable (Notice) -> Void) {
        self.onNotice = onNotice
    }

    func handle(_ result: OpaquePointer) {
        let fields = DiagnosticFields(result)
        onNotice(
            Notice(
                severity: fields[.severity] ?? "NOTICE", sqlState: fields[.sqlState].map(SQLState.init(rawValue:)),
                message: fields[.message] ?? String(cString: PQresultErrorMessage(result)).trimmedMessage(),
                detail: fields[.detail], hint: fields[.hint], context: fields[.context]))
    }
}
