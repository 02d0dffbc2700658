import CLibPQ
import Dispatch

/// Asks the server to cancel what one backend is running, over a connection of its own.
///
/// PQcancel blocks, without any limit where the network swallows packets: it has a queue to itself, and the caller
/// stops waiting for it after a grace.
///
/// `@unchecked Sendable`: libpq documents PQcancel as safe on any thread, and the pointer is freed by the last owner.
final class CancelRequest: @unchecked Sendable {
    private let handle: OpaquePointer
    private let queue = DispatchQueue(label: "postgres.cancel")

    /// Nil where libpq has no connection to cancel on.
    init?(of connection: borrowing LibPQConnection) {
        guard let handle = PQgetCancel(connection.pointer) else { return nil }
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// Calls `completion` when the server has passed the request on, or when there is no hope of that.
    func send(completion: @escaping @Sendable () -> Void) {
        queue.async {
            // Whether it arrived shows in the statement itself; if not, the grace ends the wait for it.
            var message = [CChar](repeating: 0, count: 256)
            PQcancel(self.handle, &message, Int32(message.count))
            completion()
        }
    }
}
