import PostgresClient
import Synchronization

/// Collects the server's notices, which arrive on the connection's own queue.
final class ServerRemarks: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    /// Drops what has been said so far.
    func forget() { lines.withLock { $0 = [] } }

    func add(_ notice: Notice) {
        let detail = notice.detail.map { " (\($0.split(separator: "\n").joined(separator: ", ")))" } ?? ""
        lines.withLock { $0.append(notice.message + detail) }
    }
}
