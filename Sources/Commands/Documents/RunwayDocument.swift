import CivilTime
import Maintenance
import Reporting

/// In JSON: until when writes into a table succeed.
struct RunwayDocument: Encodable {
    private let table: RelationDocument
    /// ISO 8601 with Z for a `timestamptz` key; date and time without a zone for `timestamp` and `date`.
    private let until: String?
    private let remainingSeconds: Int64?
    private let isUnbounded: Bool
    /// How urgent it is (`RunwayLevel`).
    private let level: String
    private let warningSeconds, criticalSeconds: Int64
    /// The DEFAULT partition, if rows for the current time go there for lack of another partition.
    private let defaultPartition: RelationDocument?

    init(_ runway: Runway, _ level: RunwayLevel) {
        self.level = level.rawValue
        warningSeconds = runway.alarm.warning.components.seconds
        criticalSeconds = runway.alarm.critical.components.seconds
        table = RelationDocument(runway.table)
        until = runway.until.map { runway.isZoned ? $0.iso8601 : $0.clock }
        remainingSeconds = runway.remaining?.components.seconds
        isUnbounded = runway.isUnbounded
        defaultPartition = runway.defaultPartition.map(RelationDocument.init)
    }

    enum CodingKeys: String, CodingKey {
        case table, until, level
        case warningSeconds = "warning_seconds"
        case criticalSeconds = "critical_seconds"
        case remainingSeconds = "remaining_seconds"
        case isUnbounded = "is_unbounded"
        case defaultPartition = "default_partition"
    }
}
