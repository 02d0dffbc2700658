import Maintenance
import Synchronization

/// Keeps what a run says, in its order.
final class RecordingSink: EventSink {
    private let kept = Mutex<[MaintenanceEvent]>([])
    private let onEvent: @Sendable (MaintenanceEvent) -> Void

    init(onEvent: @escaping @Sendable (MaintenanceEvent) -> Void = { _ in }) {
        self.onEvent = onEvent
    }

    func record(_ event: MaintenanceEvent) {
        kept.withLock { $0.append(event) }
        onEvent(event)
    }

    var events: [MaintenanceEvent] { kept.withLock { $0 } }

    var retries: Int {
        events.count { if case .stepRetried = $0 { true } else { false } }
    }
}
