import CivilTime
import SQLText

extension PartitionPlanner {
    func refusal(of table: PartitionedTable, _ failure: InferenceFailure) -> Refusal {
        var explanation = failure.explanation
        if failure.isOfNoZone, let fits = snapshot.zoneFits[table.oid] {
            explanation +=
                fits.isEmpty
                ? "; no zone of the server has all its bounds as midnights"
                : "; its bounds are midnights in \(Self.listed(fits.map(\.name).sorted()))"
        }
        return Refusal(
            task: .partitions, object: table.name, reason: failure.reason, explanation: explanation,
            cure: cure(for: failure, of: table))
    }

    /// Only what has been tried: with each of the entries that it names, the table would be planned for.
    private func cure(for failure: InferenceFailure, of table: PartitionedTable) -> Cure {
        guard triesCures else { return "" }
        var possible: [PartitionSetDefinition] = []
        var tries = 0
        for proposals in proposals(for: failure, of: table) where possible.isEmpty {
            for proposal in proposals + proposals.flatMap({ named($0, like: table) })
            where possible.count < 3 && tries < Self.mostTries {
                tries += 1
                // One naming is enough, unless names can be read in several ways.
                let isKnown = possible.contains { known in known.with { $0.naming = proposal.naming } == proposal }
                let isReading = proposal.naming.map(failure.readings.contains) ?? false
                if !isKnown || isReading, isPossible(proposal, for: table) { possible.append(proposal) }
            }
        }
        guard !possible.isEmpty else {
            var alone = setDefinitions[table.name] ?? PartitionSetDefinition(table: table.name)
            alone.enabled = false
            return .configuration(
                "partitions", "sets",
                introduction: "tend it by hand, and say so in the configuration of the database", [alone.entry])
        }
        return .configuration("partitions", "sets", possible.map(\.entry))
    }

    /// A thousand tables that nothing fits are a thousand times as many.
    private static let mostTries = 60

    /// How a first new partition could go to the grid.
    func bridging(_ set: PartitionSet) -> Cure {
        guard triesCures else { return "" }
        var bridged = setDefinitions[set.table.name] ?? PartitionSetDefinition(table: set.table.name)
        (bridged.bridge, bridged.interval) = (true, set.grid.interval)
        return isPossible(bridged, for: set.table)
            ? .configuration("partitions", "sets", [bridged.entry])
            : "make partitions by hand up to the next boundary of the calendar"
    }

    /// Entries that might do, the likeliest first; of later ones nothing is said where an earlier one does.
    private func proposals(
        for failure: InferenceFailure, of table: PartitionedTable
    ) -> [[PartitionSetDefinition]] {
        guard failure.reason.isOfInference else { return [] }
        var base = setDefinitions[table.name] ?? PartitionSetDefinition(table: table.name)
        if let zone = base.zone, snapshot.zones[zone] == nil, !GridInference.isUTC(zone) { base.zone = nil }
        let zones = base.zone == nil && table.hasZonedKey ? zones(of: table) : []
        let zoned = zones.map { zone in base.with { $0.zone = zone } }
        switch failure.reason {
        case .unknownZone: return [[base] + zoned]
        case .unknownNaming:
            return [failure.readings.map { naming in base.with { $0.naming = naming } }, zoned, [base]]
        default:
            let habit = habit(of: table, base)
            let wanted = [habit].compactMap(\.self) + intervals(for: table).filter { $0 != habit }
            let plain = wanted.map { interval in base.with { $0.interval = interval } }
            let inUTC = table.hasZonedKey && base.zone == nil ? plain.map { $0.with { $0.zone = "UTC" } } : []
            let inZones = zoned.flatMap { zoned in wanted.map { interval in zoned.with { $0.interval = interval } } }
            let bridged = (inZones + plain + inUTC).map { $0.with { $0.bridge = true } }
            // The interval that the partitions had comes before all others.
            func likeliest(_ sets: [PartitionSetDefinition]) -> [PartitionSetDefinition] {
                sets.filter { habit != nil && $0.interval == habit }
            }
            return [zoned, likeliest(plain + inUTC), likeliest(bridged), plain + inUTC, bridged]
        }
    }

    /// What the zone may be: of those that are alike for two years, one.
    private func zones(of table: PartitionedTable) -> [String] {
        let today = snapshot.takenAt.date
        var found =
            table.newestBounded(1).isEmpty || snapshot.zones[snapshot.server.timeZone] != nil
            ? ["UTC", snapshot.server.timeZone] : ["UTC"]
        var kinds: [MidnightShifts] = []
        let fits = snapshot.zoneFits[table.oid] ?? []
        // Most of what Berlin's midnights fit is in Europe, and only the first one of those alike is named.
        let areas = Dictionary(grouping: fits, by: \.area).mapValues(\.count)
        func rank(_ fit: ZoneFit) -> (Int, String) { (-(areas[fit.area] ?? 0), fit.name) }
        for fit in fits.sorted(by: { rank($0) < rank($1) })
        where !kinds.contains(where: { $0.parting(from: fit.midnights, since: today) == nil }) {
            kinds.append(fit.midnights)
            found.append(fit.name)
        }
        return found.reduce(into: []) { found, zone in if !found.contains(zone) { found.append(zone) } }
    }

    /// The interval that its partitions had before the newest one left it.
    private func habit(of table: PartitionedTable, _ base: PartitionSetDefinition) -> CalendarInterval? {
        guard let newest = table.newestBounded(1).last else { return nil }
        var before = table
        before.partitions.removeAll { $0.upper == .at(newest.upper) }
        return before.newestBounded(2).count == 2 ? interval(of: before, as: base.with { $0.interval = nil }) : nil
    }

    /// The nearest in length to the newest partition first; without one, months.
    private func intervals(for table: PartitionedTable) -> [CalendarInterval] {
        guard let newest = table.newestBounded(1).last else { return [.month] }
        let days = (newest.upper.microseconds - newest.lower.microseconds) / Instant.microsecondsPerDay
        func distance(_ interval: CalendarInterval) -> Int64 {
            let first = interval.start(of: newest.lower.date)
            let length = interval.advance(first, by: 1).daysSinceEpoch - first.daysSinceEpoch
            return abs(Int64(length) - days)
        }
        return CalendarInterval.allCases.sorted { distance($0) < distance($1) }
    }

    /// With names that begin like the table's.
    private func named(_ definition: PartitionSetDefinition, like table: PartitionedTable) -> [PartitionSetDefinition] {
        guard let interval = definition.interval ?? interval(of: table, as: definition) else { return [] }
        let date =
            switch interval {
            case .day: "{YYYY}_{MM}_{DD}"
            case .week: "{IYYY}_w{IW}"
            case .month: "{YYYY}_{MM}"
            case .quarter: "{YYYY}_q{Q}"
            case .year: "{YYYY}"
            }
        return ["_", "_p", "_from_"].compactMap { NamingPattern(table.name.name + $0 + date) }
            .map { naming in definition.with { $0.naming = naming } }
    }

    /// nil where it cannot be inferred, whatever the partitions are called.
    private func interval(of table: PartitionedTable, as definition: PartitionSetDefinition) -> CalendarInterval? {
        do throws(InferenceFailure) {
            return try inference(of: table, as: definition.with { $0.naming = .widest }).infer(table).grid.interval
        } catch {
            return nil
        }
    }

    private func isPossible(_ set: PartitionSetDefinition, for table: PartitionedTable) -> Bool {
        var tried = snapshot
        tried.tables = [table]
        tried.zoneFits = [:]
        tried.takenNames.formUnion(table.partitions.map(\.name) + [table.defaultPartition].compactMap(\.self))
        if let zone = set.zone, tried.zones[zone] == nil,
            let fit = snapshot.zoneFits[table.oid]?.first(where: { $0.name == zone })
        {
            let days = ZoneQuestions.days(of: definition, tables: [table], now: snapshot.takenAt)
            tried.zones[zone] = fit.sample(now: snapshot.takenAt, through: days.last)
        }
        var alone = definition
        alone.partitionSets = [set]
        let planner = PartitionPlanner(definition: alone, snapshot: tried).withoutCures
        do throws(InferenceFailure) {
            return !planner.hasObstacle(try planner.inference(of: table).infer(table))
        } catch {
            return false
        }
    }

    func isZoneInQuestion(_ table: PartitionedTable, _ extended: Set<UInt32>, _ refused: Set<RelationName>) -> Bool {
        table.hasZonedKey && setDefinitions[table.name]?.zone == nil
            // No zone whose clocks change has the midnights of one whose clocks do not in summer and in winter.
            && (extended.contains(table.oid) && !table.newestBounds.showBothHalves || refused.contains(table.name))
            && !table.newestBounded(1).isEmpty
    }
}

extension Refusal.Reason {
    /// Whether more configuration could help.
    var isOfInference: Bool {
        switch self {
        case .unknownZone, .unknownInterval, .unknownNaming: true
        default: false
        }
    }
}

extension PartitionedTable {
    /// Those that tell the zone, in order.
    var newestBounds: [Instant] {
        Set(newestBounded(InferenceWindow.zone).flatMap { [$0.lower, $0.upper] })
            .filter(ZoneQuestions.calendar.contains).sorted()
    }

    var hasZonedKey: Bool {
        guard strategy == .range, case .column(_, let type) = key else { return false }
        return PartitionKeyType(rawValue: type)?.isZoned == true
    }
}

extension PartitionSetDefinition {
    func with(_ change: (inout PartitionSetDefinition) -> Void) -> PartitionSetDefinition {
        var changed = self
        change(&changed)
        return changed
    }

    /// As the configuration has it: the keys that are not as by default.
    fileprivate var entry: [(key: String, value: String)] {
        let values: [(String, String?)] = [
            ("table", Cure.yaml(table.description)), ("interval", interval?.rawValue), ("zone", zone.map(Cure.yaml)),
            ("premake", premake.map(String.init)), ("naming", naming.map { Cure.yaml($0.description) }),
            ("fill_gaps", fillGaps.map(String.init)), ("bridge", bridge ? "true" : nil),
            ("enabled", enabled ? nil : "false"),
        ]
        return values.compactMap { key, value in value.map { (key, $0) } }
    }
}
