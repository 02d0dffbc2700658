import PostgresClient
import Synchronization

/// What the server says while it works. It comes on the connection's own queue.
final class ServerRemarks: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ notice: Notice) {
        let detail = notice.detail.map { " (\($0.split(separator: "\n").joined(separator: ", ")))" } ?? ""
        lines.withLock { $0.append(notice.message + detail) }
    }
}
