import CLibPQ
import Dispatch

/// Asks the server to cancel what one backend is running, over a connection of its own.
///
/// PQcancel blocks, without any time limit where the network drops packets. So it runs on a queue of its own, and the
/// caller stops waiting for it after `SessionOptions.cancelGrace`.
///
/// `@unchecked Sendable`: libpq documents PQcancel as safe on any thread, and the pointer is freed by the last owner.
final class CancelRequest: @unchecked Sendable {
    private let handle: OpaquePointer
    private let queue = DispatchQueue(label: "postgres.cancel")

    /// Nil where libpq has no server to send a cancel request to.
    init?(of connection: borrowing LibPQConnection) {
        guard let handle = PQgetCancel(connection.pointer) else { return nil }
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// Calls `completion` when the server has processed the request, or when sending it has failed.
    func send(completion: @escaping @Sendable () -> Void) {
        queue.async {
            // The result is not needed: if the request took effect, the statement ends with an error; if not, the wait
            // for it ends after the grace.
            var message = [CChar](repeating: 0, count: 256)
            PQcancel(self.handle, &message, Int32(message.count))
            completion()
        }
    }
}
