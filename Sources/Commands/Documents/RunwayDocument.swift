import CivilTime
import Maintenance
import Reporting

/// In JSON: until when writes into a table succeed.
struct RunwayDocument: Encodable {
    private let table: RelationDocument
    /// ISO 8601 with Z for a `timestamptz` key; a clock without a zone for `timestamp` and `date`.
    private let until: String?
    private let remainingSeconds: Int64?
    private let isUnbounded: Bool
    /// Where rows for now go when they have no partition of their own.
    private let defaultPartition: RelationDocument?

    init(_ runway: Runway) {
        table = RelationDocument(runway.table)
        until = runway.until.map { runway.isZoned ? $0.iso8601 : $0.clock }
        remainingSeconds = runway.remaining?.components.seconds
        isUnbounded = runway.isUnbounded
        defaultPartition = runway.defaultPartition.map(RelationDocument.init)
    }

    enum CodingKeys: String, CodingKey {
        case table, until
        case remainingSeconds = "remaining_seconds"
        case isUnbounded = "is_unbounded"
        case defaultPartition = "default_partition"
    }
}
