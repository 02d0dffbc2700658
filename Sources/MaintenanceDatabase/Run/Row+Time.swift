import CivilTime
import PostgresClient

/// Points and lengths of time from the server. A number beyond the years that calendars are computed for is an error,
/// however it came there: arithmetic with it would end the program.
extension Row {
    /// A column with microseconds since 1970-01-01 00:00 UTC, as an instant.
    func instant(_ column: String) throws(PostgresError) -> Instant {
        try Instant(microsecondsFromServer: decode(column))
    }

    func instantIfPresent(_ column: String) throws(PostgresError) -> Instant? {
        guard let microseconds = try decodeIfPresent(column, as: Int64.self) else { return nil }
        return try Instant(microsecondsFromServer: microseconds)
    }

    /// A column with microseconds, as a duration.
    func duration(_ column: String) throws(PostgresError) -> Duration {
        let microseconds: Int64 = try decode(column)
        guard microseconds.magnitude < Instant.farthest else { throw .outOfRange("\(microseconds) microseconds") }
        return .microseconds(microseconds)
    }

    /// A column with days since 1970-01-01, as a date.
    func date(_ column: String) throws(PostgresError) -> CivilDate {
        let days: Int = try decode(column)
        guard days.magnitude < Instant.farthest / 86_400_000_000 else { throw .outOfRange("\(days) days") }
        return CivilDate(daysSinceEpoch: days)
    }
}

extension Instant {
    /// Some 126,000 years on either side of 1970: more than the bounds of partitions that are read, which end with the
    /// year 99999.
    fileprivate static let farthest: UInt64 = 4_000_000_000_000_000_000

    init(microsecondsFromServer microseconds: Int64) throws(PostgresError) {
        guard microseconds.magnitude < Self.farthest else { throw .outOfRange("\(microseconds) microseconds") }
        self.init(microseconds: microseconds)
    }
}

extension PostgresError {
    fileprivate static func outOfRange(_ found: String) -> PostgresError {
        PostgresError(.decoding, "expected a point or a length of time within 126,000 years, found \(found)")
    }
}
