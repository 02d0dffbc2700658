import Maintenance
import Synchronization
import Testing

@testable import Supervision

@Suite("Events of a service's runs")
struct RunEventFilterTests {
    private final class Sink: EventSink {
        let events = Mutex<[ServiceEvent]>([])

        func record(_ event: MaintenanceEvent) {
            if case .service(let event) = event { events.withLock { $0.append(event) } }
        }
    }

    @Test("What is said of the role is said once, and again when it changes")
    func saysOnceWhatTheRoleMayDo() {
        let sink = Sink()
        let filter = RunEventFilter(before: sink)
        let events = [("shop", "a"), ("shop", "a"), ("mail", "a"), ("shop", "b"), ("shop", "b")].map {
            ServiceEvent.roleExceeds(database: $0.0, role: $0.1, "it is a superuser")
        }
        for event in events { filter.record(.service(event)) }
        #expect(sink.events.withLock(\.self) == [events[0], events[2], events[3]])
    }
}
