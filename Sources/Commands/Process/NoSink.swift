import Maintenance

/// For commands that print an answer and report nothing.
struct NoSink: EventSink {
    func record(_ event: MaintenanceEvent) {}
}
