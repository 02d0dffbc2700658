import CivilTime
import Maintenance
import SQLText

@testable import Commands

/// Values for the renderers.
enum SampleAnswers {
    static func name(_ name: String) -> RelationName { RelationName(schema: "shop", name: name) }

    /// A date that no calendar has is a mistake in the test, and stops it.
    static func instant(_ date: String) -> Instant {
        let parts = date.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, let date = CivilDate(year: parts[0], month: parts[1], day: parts[2]) else {
            fatalError("'\(date)' is no date")
        }
        return Instant(midnightOf: date)
    }

    static var plan: Plan { Plan(database: "shop", takenAt: instant("2026-11-23"), work: TaskPlan(objectsInView: 4)) }

    static func planned(_ plan: Plan, withSQL: Bool = false) throws -> PlannedDatabase {
        try PlannedDatabase(plan: plan, serverVersion: 180_000, schemas: ["shop"], withSQL: withSQL)
    }

    static func script(_ plan: Plan) throws -> String {
        var lines: [String] = []
        try PlanScript(planned(plan)).write { lines.append($0) }
        return lines.joined(separator: "\n")
    }

    private static let limits = StepLimits(locks: LockBudget(), statementTimeout: .seconds(60))

    static func create(
        _ table: String, _ from: String, _ to: String, _ reason: String, rest: String? = nil
    ) -> PlanStep {
        let month = from.prefix(7).split(separator: "-").joined(separator: "_")
        let action = CreatePartition(

            parent: name(table), parentOID: 1, parentOwner: "owner", partition: name("\(table)_\(month)"),
            from: instant(from), to: instant(to), keyType: .date, keyColumn: "at",
            template: PartitionTemplate(relation: name(table), owner: "owner"),
            defaultPartition: rest.map(name), foreignKeyTables: [])
        return PlanStep(.createPartition(action), reason: reason, limits: limits)
    }

    static func refresh(_ view: String, _ mode: RefreshView.Mode = .concurrent) -> PlanStep {
        PlanStep(
            .refreshView(RefreshView(view: name(view), mode: mode, owner: "o", role: nil)), reason: "it is due",
            limits: limits)
    }

    static func update(tenant: String) -> PlanStep {
        let corpus = CorpusDefinition(source: name("documents"), target: name("figures"))
        return PlanStep(
            .updateStatistics(UpdateStatistics(corpus: corpus, tenant: tenant, owner: "app_owner")),
            reason: "it is due",
            limits: limits)
    }
}
