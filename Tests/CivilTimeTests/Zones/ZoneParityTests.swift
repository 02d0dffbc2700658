import CivilTime
import Foundation
import TestSupport
import Testing

/// Our reading of the system's zone files against that of Debian's PostgreSQL 15, which has no zone data of its own:
/// every zone that it knows, 1970 to 2100, from UTC to local time and back.
@Suite("Zone rules and PostgreSQL")
struct ZoneParityTests {
    private static let begin = Instant(microseconds: 0)
    private static let end = Instant(microseconds: 4_102_444_800_000_000)

    /// `make test-zones` looks at every day of every zone and every hour of those that differ; otherwise it is every
    /// week of those that differ.
    private let everything = ProcessInfo.processInfo.environment["PGTEND_TEST_ZONES"] == "all"

    @Test func agreeForEveryZoneFrom1970To2100() async throws {
        try await TestDatabase.with(.v15) { database in
            let names = try await database.psql("SELECT name FROM pg_timezone_names ORDER BY name")
                .split(separator: "\n").map(String.init)
            try #require(names.count > 500)
            var seen: Set<[String]> = []
            var (periods, edges, samples) = ("", "", "")
            for name in names {
                let rules = try ZoneRules.load(named: name)
                let tiles = Self.tiles(of: rules)
                periods += tiles.map { "\(name)\t\($0)\n" }.joined()
                edges += Self.edges(of: rules).map { "\(name)\t\($0)\n" }.joined()
                // Many names are of one file; each has its ends compared, and one of them what is in between.
                let isNew = seen.insert(tiles).inserted
                samples += "\(name)\t\(everything ? (isNew ? 3_600 : 86_400) : isNew ? 604_800 : 0)\n"
            }
            let mismatches = try await database.psql(
                """
                CREATE TABLE period (zone text, first float8, last float8, seconds float8);
                CREATE TABLE edge (zone text, local timestamp, moment float8);
                CREATE TABLE sample (zone text, step int8);
                COPY period FROM stdin;
                \(periods)\\.
                COPY edge FROM stdin;
                \(edges)\\.
                COPY sample FROM stdin;
                \(samples)\\.
                CREATE INDEX ON period (zone);
                CREATE INDEX ON edge (zone);
                ANALYZE;

                -- `AT TIME ZONE 'CET'` would take the name for an abbreviation; the setting takes it for a zone.
                CREATE FUNCTION compare(name text, step int8) RETURNS SETOF text LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM set_config('TimeZone', name, true);
                    -- From UTC: both ends of each period, and a grid in it.
                    RETURN QUERY
                    SELECT format('%s at %s: %s, here %s', name, to_timestamp(moment), theirs, seconds)
                    FROM (
                        SELECT moment, seconds, date_part('epoch', to_timestamp(moment)::timestamp) - moment AS theirs
                        FROM (
                            SELECT seconds, unnest(ARRAY[first, last]) AS moment FROM period WHERE zone = name
                            UNION ALL
                            SELECT seconds, generate_series(first::int8, last::int8, step) FROM period
                            WHERE zone = name AND step > 0
                        ) AS moments
                    ) AS compared WHERE theirs <> seconds;
                    -- To UTC: both ends of every gap and overlap, the second before them, and their middles.
                    RETURN QUERY
                    SELECT format('%s reads %s: %s, here %s', name, local, local::timestamptz, to_timestamp(moment))
                    FROM edge WHERE zone = name AND date_part('epoch', local::timestamptz) <> moment;
                END $$;
                SELECT compare(zone, step) FROM sample LIMIT 20;
                """)
            #expect(mismatches == "")
            print("\(names.count) zones, \(seen.count) of them different")
        }
    }

    /// First and last second and offset of each period, as a row of `period`.
    private static func tiles(of zone: ZoneRules) -> [String] {
        var tiles: [String] = []
        var period = zone.period(at: begin)
        while period.start < end {
            let first = max(period.start, begin).microseconds / 1_000_000
            let last = min(period.end, end).microseconds / 1_000_000 - 1
            tiles.append("\(first)\t\(last)\t\(period.offset)")
            guard period.end < end else { break }
            period = zone.period(at: period.end)
        }
        return tiles
    }

    /// Clock times around each change, and when they are, as PostgreSQL reads what is not plain: one that comes twice
    /// is the second, one that never comes is counted on with the clock before the change.
    private static func edges(of zone: ZoneRules) -> [String] {
        var edges: [String] = []
        var period = zone.period(at: begin)
        while period.end < end {
            let next = zone.period(at: period.end)
            let change = period.end.microseconds / 1_000_000
            let (before, after) = (change + Int64(period.offset), change + Int64(next.offset))
            let (low, high) = (min(before, after), max(before, after))
            for local in [low - 1, low, (low + high) / 2, high - 1, high] {
                let date = CivilDate(daysSinceEpoch: Int(local.dividedDown(by: 86_400)))
                let moment =
                    switch zone.reading(of: date, second: Int(local.remainderDown(by: 86_400))) {
                    case .once(let moment), .twice(first: _, second: let moment): moment
                    case .never(gapEndsAt: let gapEnd):
                        Instant(microseconds: gapEnd.microseconds + (local - before) * 1_000_000)
                    }
                edges.append("\(Instant(microseconds: local * 1_000_000).clock)\t\(moment.microseconds / 1_000_000)")
            }
            period = next
        }
        return edges
    }
}
