import Synchronization

/// Collects the server's notices and pgtend's own remarks for the report of a step. A WARNING may be the only sign that
/// a statement did not have its effect.
final class NoticeLog: Sendable {
    private let kept = Mutex<[String]>([])
    private static let limit = 20

    var texts: [String] { kept.withLock { $0 } }

    func clear() { kept.withLock { $0.removeAll() } }

    func add(_ text: String) {
        kept.withLock { texts in
            if texts.count < Self.limit { texts.append(text) }
        }
    }
}
