import CivilTime

extension PartitionPlanner {
    /// The runway of each selected table after these steps.
    ///
    /// - Parameter planned: those before them, whose alarms stay.
    package func runways(_ planned: [Runway], after steps: [PlanStep]) -> [Runway] {
        let alarms = Dictionary(planned.map { ($0.table, $0.alarm) }, uniquingKeysWith: { first, _ in first })
        let made = Dictionary(grouping: steps.compactMap(\.createPartition), by: \.parentOID)
        return selectedTables.compactMap { table in
            var runway = runway(of: (made[table.oid] ?? []).reduce(table) { $0.attaching($1) })
            if let alarm = alarms[table.name] { runway?.alarm = alarm }
            return runway
        }
    }

    /// - Parameter interval: nil where the set has none that is known.
    func runway(of table: PartitionedTable, every interval: CalendarInterval? = nil) -> Runway? {
        guard case .column(_, let type) = table.key, let type = PartitionKeyType(rawValue: type),
            table.strategy == .range
        else { return nil }
        guard let now = inference(of: table).civilNow(type) else { return nil }
        var runway = table.runway(at: now, isZoned: type.isZoned)
        let (set, defaults) = (setDefinitions[table.name], definition.partitions)
        runway.alarm = RunwayAlarm(
            RunwayLimits(
                warning: set?.runway.warning ?? defaults.runway.warning,
                critical: set?.runway.critical ?? defaults.runway.critical),
            premake: set?.premake ?? defaults.premake, interval: interval ?? set?.interval,
            last: table.lastPartition(of: runway))
        return runway
    }
}
