import CivilTime
import Foundation
import Maintenance
import SQLText

/// A database as the planners see it, with the zones answered by Foundation as a server answers them.
struct Scenario {
    var definition = DatabaseDefinition(name: "shop", conninfo: "dbname=shop", schemas: ["app"])
    var tables: [PartitionedTable] = []
    var views: [MaterializedView] = []
    var corpora: [Corpus] = []
    var now = utc("2025-11-23 10:30:00")
    var serverZone = "UTC"
    var version = 180_006
    var takenNames: Set<RelationName> = []
    var unreadTemplates: [UInt32: ServerFailure] = [:]
    var knowsZones = true
    /// Whether the zones of which all bounds are midnights are looked for. There are many.
    var searchesZones = false
    var remembered = Remembered()

    init(_ tables: PartitionedTable..., now: String = "2025-11-23 10:30:00", serverZone: String = "UTC") {
        self.tables = tables
        self.now = utc(now)
        self.serverZone = serverZone
    }

    var snapshot: CatalogSnapshot {
        let server = ServerFacts(
            versionNumber: version, database: "shop", role: "tender", timeZone: serverZone, isStandby: false)
        var snapshot = CatalogSnapshot(
            server: server, takenAt: now, tables: tables, views: views, corpora: corpora, takenNames: takenNames,
            unreadTemplates: unreadTemplates, remembered: remembered)
        let questions = ZoneQuestions(definition: definition, tables: tables, server: server, now: now)
        if let questions, knowsZones {
            for zone in questions.zones { snapshot.zones[zone] = ZoneSample(zone, answering: questions) }
        }
        if searchesZones {
            let days = ZoneQuestions.days(of: definition, tables: tables, now: now)
            for (table, bounds) in PartitionPlanner(definition: definition, snapshot: snapshot).questions().bounds {
                snapshot.zoneFits[table] = ZoneFit.all(of: bounds, from: days.first, to: days.last)
            }
        }
        return snapshot
    }

    func plan(_ tasks: [TaskKind] = TaskKind.allCases) -> Plan {
        Planner(definition: definition, tasks: tasks).plan(snapshot)
    }

    /// The database once every step of the plan has been done.
    func applying(_ plan: Plan) -> Scenario {
        var after = self
        for step in plan.partitionSteps {
            after.tables = after.tables.map { $0.oid == step.parentOID ? $0.attaching(step) : $0 }
            after.takenNames.insert(step.partition)
        }
        return after
    }

    /// With one set in the configuration.
    func configured(_ sets: PartitionSetDefinition...) -> Scenario {
        var scenario = self
        scenario.definition.partitionSets += sets
        return scenario
    }
}

extension Plan {
    var partitionSteps: [CreatePartition] {
        steps.compactMap(\.createPartition)
    }

    /// `name [lower, upper)` of each new partition.
    var created: [String] {
        partitionSteps.map { "\($0.partition.name) [\($0.lower), \($0.upper))" }
    }

    var createdNames: [String] { partitionSteps.map(\.partition.name) }

    var refusalReasons: [Refusal.Reason] { refusals.map(\.reason) }
}

/// Midnight or a moment, in UTC: `2025-03-01` or `2025-03-01 05:00:00`.
func utc(_ text: String) -> Instant {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withFullDate, .withTime, .withColonSeparatorInTime, .withSpaceBetweenDateAndTime]
    guard let date = formatter.date(from: text.count == 10 ? "\(text) 00:00:00" : text) else {
        preconditionFailure("no moment: \(text)")
    }
    return Instant(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
}

func day(_ text: String) -> CivilDate { utc(text).date }

extension CalendarInterval {
    /// The period that begins on that day.
    func days(from first: CivilDate) -> NamedDays {
        NamedDays(first: first, end: advance(first, by: 1))
    }
}

func app(_ name: String) -> RelationName { RelationName(schema: "app", name: name) }

/// A bounded partition `name` from `lower` to `upper`, both as `utc` reads them.
func part(_ name: String, _ lower: String, _ upper: String) -> Partition {
    Partition(oid: 1, name: app(name), lower: .at(utc(lower)), upper: .at(utc(upper)))
}

/// `prefix_YYYY_MM` for each month from the first of `from` on.
func months(_ prefix: String, from: String, count: Int) -> [Partition] {
    let first = day(from)
    return (0..<count).map { index in
        let start = first.adding(months: index)
        let suffix = String(format: "%04d_%02d", start.year, start.month)
        return Partition(
            oid: UInt32(100 + index), name: app("\(prefix)_\(suffix)"), lower: .at(Instant(midnightOf: start)),
            upper: .at(Instant(midnightOf: start.adding(months: 1))))
    }
}

func table(
    _ name: String, _ type: PartitionKeyType = .timestamptz, _ partitions: [Partition], oid: UInt32 = 10
) -> PartitionedTable {
    PartitionedTable(
        oid: oid, name: app(name), owner: "app owner", key: .column("created_at", type: type.rawValue),
        partitions: partitions)
}
