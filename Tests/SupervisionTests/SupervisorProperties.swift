import CivilTime
import Maintenance
import TestSupport
import Testing

@testable import Supervision

/// What holds whatever happens, in whatever order.
@Suite("Supervisor, properties")
struct SupervisorProperties {
    /// Further ones from where the caller's seed says.
    private static let seeds = (0..<40).map { Seeded().seed &+ UInt64($0) }

    /// What may come of a run.
    private enum Ending: CaseIterable {
        case done, down, wrongPassword, standby, held, elsewhere, stepFailed
    }

    @Test(arguments: Self.seeds)
    func everySlotEndsExactlyOnceAndNothingOverlaps(seed: UInt64) throws {
        var chance = Seeded(seed: seed)
        let names = (0..<5).map { "db\($0)" }
        var watch = Watch(
            names.map { Watch.database($0, every: .seconds(60 * .random(in: 1...20, using: &chance))) },
            connections: 2, jitter: 0.3)
        var running: [String: Supervisor.RunOrder] = [:]
        var completed: [String: [Instant]] = [:]
        // Left to another service: what became of it the ledger knows.
        var elsewhere: [String: Set<Instant>] = [:]
        var seen = 0
        watch.handle(.woke)
        for _ in 0..<400 {
            for order in watch.started[seen...] {
                #expect(running[order.definition.name] == nil, "a second run on one database")
                running[order.definition.name] = order
            }
            seen = watch.started.count
            #expect(running.count <= 2)
            if let order = running.values.sorted(by: { $0.definition.name < $1.definition.name })
                .randomElement(using: &chance), Bool.random(using: &chance)
            {
                running[order.definition.name] = nil
                let ending = Ending.allCases.randomElement(using: &chance) ?? .done
                if [.done, .elsewhere, .stepFailed].contains(ending) {
                    completed[order.definition.name, default: []].append(order.order.slot.due)
                }
                if ending == .held { elsewhere[order.definition.name, default: []].insert(order.order.slot.due) }
                end(order, ending, &watch)
            } else {
                watch.pass(.seconds(.random(in: 1...600, using: &chance)))
            }
        }
        for name in names {
            let slots = (completed[name] ?? []) + passed(of: name, watch)
            #expect(Set(slots).count == slots.count, "seed \(seed): a slot of \(name) ended twice")
            let open = watch.supervisor.databases.first { $0.definition.name == name }?.tasks[0]
            guard let open else { continue }
            let ends = (slots + [open.running?.slot.due].compactMap(\.self)).sorted()
            guard let first = ends.first, let last = ends.last else { continue }
            // No hole: between the first and the last every slot has ended, or runs.
            var expected: [Instant] = []
            var next: Instant? = first
            while let due = next, due <= last {
                expected.append(due)
                next = open.schedule.schedule.next(after: due)
            }
            let holes = Set(expected).subtracting(ends).subtracting(elsewhere[name] ?? [])
            #expect(holes.isEmpty, "seed \(seed): \(name)")
        }
    }

    @Test(arguments: Self.seeds)
    func clocksThatAreSetNeitherStopTheWorkNorDoubleARun(seed: UInt64) throws {
        var chance = Seeded(seed: seed)
        var watch = Watch((0..<3).map { Watch.database("db\($0)") })
        watch.handle(.woke)
        for _ in 0..<100 {
            switch Int.random(in: 0..<4, using: &chance) {
            case 0: watch.setClock(by: .seconds(.random(in: -100_000...100_000, using: &chance)))
            case 1: watch.pass(.seconds(.random(in: 1...5_000, using: &chance)))
            default:
                for database in watch.supervisor.databases {
                    if let order = database.runningOrder, Bool.random(using: &chance) { watch.end(order) }
                }
            }
            for database in watch.supervisor.databases { #expect(database.tasks.count { $0.running != nil } <= 1) }
        }
        // Wherever the clock ended up: two slots later everything has run.
        watch.handle(.woke)
        for database in watch.supervisor.databases { if let order = database.runningOrder { watch.end(order) } }
        watch.forget()
        watch.pass(.seconds(1_800))
        for database in watch.supervisor.databases { if let order = database.runningOrder { watch.end(order) } }
        #expect(Set(watch.started.map(\.definition.name)).count == 3, "seed \(seed)")
    }

    @Test(arguments: Self.seeds)
    func aServiceThatIsToldToStopBeginsNothingAndFinishesOnce(seed: UInt64) throws {
        var chance = Seeded(seed: seed)
        var watch = Watch((0..<6).map { Watch.database("db\($0)") }, connections: 4)
        watch.handle(.woke)
        watch.pass(.seconds(.random(in: 0...2_000, using: &chance)))
        watch.forget()
        watch.handle(.stopRequested(reason: "SIGTERM"))
        while let order = watch.supervisor.databases.compactMap(\.runningOrder).randomElement(using: &chance) {
            watch.pass(.seconds(.random(in: 0...40, using: &chance)))
            if Bool.random(using: &chance) { watch.handle(.stopRequested(reason: "SIGTERM")) }
            watch.end(order) { $0.interruption = "SIGTERM" }
        }
        watch.pass(.seconds(4_000))
        #expect(watch.started.isEmpty)
        #expect(watch.actions.count { $0 == .finish } >= 1)
        #expect(watch.actions.count { $0 == .cancel } <= 1)
    }

    private func end(_ order: Supervisor.RunOrder, _ ending: Ending, _ watch: inout Watch) {
        switch ending {
        case .done: watch.end(order)
        case .down: watch.fail(order, .down)
        case .wrongPassword: watch.fail(order, .wrongPassword)
        case .standby: watch.fail(order, .standby)
        case .held:
            watch.end(order) { summary in
                summary.slot?.state = .open
                summary.heldLocks = [
                    HeldRunLock(task: .views, pid: 1, application: "", user: "", client: "", since: Watch.noon)
                ]
            }
        case .elsewhere:
            let owner = RunOwner(runID: "1", host: "other", pid: 1, startedAt: Watch.noon)
            watch.end(order) { $0.slot?.state = .completedElsewhere(owner) }
        case .stepFailed: watch.end(order) { $0.reports = [.failed] }
        }
    }

    /// Of those that were said, and those that are still to be said when the database is back.
    private func passed(of name: String, _ watch: Watch) -> [Instant] {
        let said = watch.said.flatMap { event -> [PassedSlot] in
            if case .slotsPassed(name, let slots) = event { slots } else { [] }
        }
        let unsaid = watch.supervisor.databases.first { $0.definition.name == name }?.unsaid ?? []
        return (said + unsaid).map(\.slot.due)
    }
}
