import CivilTime
import Maintenance

/// The keys of `databases[].partitions`.
enum PartitionKeys {
    static let section = Key<DatabaseDefinition>.section(
        "partitions",
        Section([
            .value(
                "discover", \.partitions.discover, .boolean, variable: "PGTEND_PARTITIONS_DISCOVER",
                "Whether partition sets are looked for in the schemas. Sets that are listed are tended anyway."),
            .value(
                "premake", \.partitions.premake, premake, variable: "PGTEND_PREMAKE",
                "How many periods after the current one must have a partition."),
            .value(
                "fill_gaps", \.partitions.fillGaps, .boolean, variable: "PGTEND_FILL_GAPS",
                "Whether missing periods before the current one are created too."),
            .section(
                "runway", runway(\.partitions.runway.warning, \.partitions.runway.critical, variables: true),
                "How little is left before it is trouble, whatever keeps a table from getting partitions."),
            .schedule(
                \.partitions.schedule, variable: "PGTEND_PARTITIONS_EVERY",
                "When the service looks after partitions."),
            .section("analyze", analysis, "ANALYZE of partitioned tables, which autovacuum never does."),
            .list(
                "sets", \.partitionSets, defaults: PartitionSetDefinition(table: .placeholder),
                identifiedBy: ElementIdentity(key: "table", noun: "table", of: \.table), set,
                "Partitioned tables that are named; each key that is missing is as discovered, or as said above."),
        ]),
        "Time-range partitions.")

    private static let analysis = Section<DatabaseDefinition>([
        .value(
            "enabled", \.partitions.analysis.enabled, .boolean, variable: "PGTEND_PARTITIONS_ANALYZE",
            "Whether the tables that get partitions are analyzed, when those have changed enough for autovacuum."),
        .value(
            "statement_timeout", \.partitions.analysis.statementTimeout, .statementTimeout,
            variable: "PGTEND_PARTITIONS_ANALYZE_STATEMENT_TIMEOUT",
            "The time limit of one table; it is cancelled on the server."),
        .schedule(
            \.partitions.analysis.schedule, variable: "PGTEND_PARTITIONS_ANALYZE_EVERY",
            "When the service analyzes."),
    ])

    private static let set = Section<PartitionSetDefinition>([
        .value(
            "table", \.table, .relation("table"), isRequired: true,
            "The partitioned table. Unique among the sets."),
        .value(
            "interval", \.interval, ValueFormat<CalendarInterval>.choice.optional,
            "The period of one partition; weeks are ISO weeks, from Monday."),
        .value(
            "zone", \.zone, ValueFormat.zone.optional,
            """
            The zone in which the bounds of a timestamptz key are midnights. Without it: as discovered. Needed where UTC and \
            the TimeZone of the sessions both fit, and will part.
            """),
        .value("premake", \.premake, premake.optional, "As above, for this table alone."),
        .value(
            "naming", \.naming, ValueFormat.naming.optional, validate: equalNames(in:),
            """
            How partitions are called, by the first day of their period: YYYY and YY the year, MM the month, DD \
            the day, Q the quarter, IYYY and IW the ISO year and week, DDD the day of the year, with FM without \
            zeros in front, mon or month its English name. With end: in front ({end:DD}) by the day on which the next \
            one begins, with last: by the day before that. It must tell the periods of the interval apart.
            """),
        .value("fill_gaps", \.fillGaps, ValueFormat.boolean.optional, "As above, for this table alone."),
        .section(
            "runway", runway(\.runway.warning, \.runway.critical, variables: false),
            "As above, for this table alone."),
        .value(
            "bridge", \.bridge, .boolean, validate: intervalOfBridge(in:),
            """
            Whether the first new partition may go from a last bound that lies off the interval, which has to be said \
            beside it, or off the zone to a boundary of theirs. Of no effect while the bounds lie on them.
            """),
        .value("enabled", \.enabled, .boolean, "False leaves the table alone, also when it is discovered."),
    ])

    private static func runway<Target>(
        _ warning: Key<Target>.Field<Duration?>, _ critical: Key<Target>.Field<Duration?>, variables: Bool
    ) -> Section<Target> {
        let limit = ValueFormat.duration(
            .zero ... .seconds(3650 * 86_400), because: "that far ahead everything would be short"
        ).optional
        let validate: @Sendable (Target) -> [Contradiction] = { target in
            criticalBeforeWarning(target[keyPath: warning], target[keyPath: critical])
        }
        return Section([
            .value(
                "warning", warning, limit, variable: variables ? "PGTEND_RUNWAY_WARNING" : nil,
                "A warning with less than that; 0s: none. Without it: half of the periods of premake."),
            .value(
                "critical", critical, limit, variable: variables ? "PGTEND_RUNWAY_CRITICAL" : nil, validate: validate,
                "Critical with that or less; at most warning. Without it: when the current period is the last."),
        ])
    }

    /// What is critical before it is worth a warning leaves no time.
    private static func criticalBeforeWarning(_ warning: Duration?, _ critical: Duration?) -> [Contradiction] {
        guard let warning, let critical, warning > .zero, critical > warning else { return [] }
        return [
            Contradiction(
                key: "critical",
                message: "expected at most warning (\(warning.inLongestUnit)), found '\(critical.inLongestUnit)'"),
            Contradiction(
                key: "warning",
                message: "expected at least critical (\(critical.inLongestUnit)), found '\(warning.inLongestUnit)'"),
        ]
    }

    private static let premake = ValueFormat<Int>.integer(
        0...400, because: "each is a table that every plan of a query has to weigh")

    /// What a bridge leads to cannot be read from what stands: the bridge itself may look like another interval.
    @Sendable private static func intervalOfBridge(in set: PartitionSetDefinition) -> [Contradiction] {
        guard set.bridge, set.interval == nil, set.enabled else { return [] }
        return [
            Contradiction(
                key: "bridge", message: "expected the interval beside it, such as interval: month, found none")
        ]
    }

    /// A contradiction if the naming pattern would give several partitions the same name.
    @Sendable private static func equalNames(in set: PartitionSetDefinition) -> [Contradiction] {
        guard let naming = set.naming, let interval = set.interval, !naming.distinguishes(interval) else { return [] }
        let example =
            switch interval {
            case .day: "{YYYY}_{MM}_{DD}"
            case .week: "{IYYY}_{IW}"
            case .month: "{YYYY}_{MM}"
            case .quarter: "{YYYY}_{Q}"
            case .year: "{YYYY}"
            }
        let message = "expected a pattern that tells every \(interval.rawValue) apart, such as \(example), found "
        return [Contradiction(key: "naming", message: message + Quotation.of(naming.description))]
    }
}
