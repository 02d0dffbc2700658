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

    /// What has at most one run at a time.
    private struct Lane: Hashable {
        let database: String
        let task: TaskKind

        init(_ database: String, _ task: TaskKind) { (self.database, self.task) = (database, task) }
        init(_ order: Supervisor.RunOrder) { self.init(order.definition.name, order.slotOrder.slot.task) }
    }

    @Test(arguments: Self.seeds)
    func everySlotEndsExactlyOnceAndNothingOverlaps(seed: UInt64) throws {
        var chance = Seeded(seed: seed)
        let definitions = (0..<4).map { number in
            var definition = DatabaseDefinition(name: "db\(number)", conninfo: "")
            let schedules = TaskKind.allCases.map { _ in
                TaskSchedule(.every(.seconds(60 * .random(in: 1...20, using: &chance))))
            }
            definition.partitions.schedule = schedules[0]
            definition.views.schedule = schedules[1]
            definition.statistics.schedule = schedules[2]
            return definition
        }
        var simulation = SupervisorSimulation(definitions, runs: 3, jitter: 0.3)
        var running: [Supervisor.RunOrder] = []
        var completed: [Lane: [Instant]] = [:]
        // Left to another service: what became of it the ledger knows.
        var elsewhere: [Lane: Set<Instant>] = [:]
        var seen = 0
        simulation.handle(.woke)
        for _ in 0..<400 {
            for order in simulation.started[seen...] {
                #expect(!running.contains { Lane($0) == Lane(order) }, "a second run of one kind")
                running.append(order)
            }
            seen = simulation.started.count
            #expect(running.count <= 3)
            #expect(running.count { $0.slotOrder.slot.task.traits.isLong } <= 2)
            if let index = running.indices.randomElement(using: &chance), Bool.random(using: &chance) {
                let order = running.remove(at: index)
                let ending = Ending.allCases.randomElement(using: &chance) ?? .done
                if [.done, .elsewhere, .stepFailed].contains(ending) {
                    completed[Lane(order), default: []].append(order.slotOrder.slot.due)
                }
                if ending == .held { elsewhere[Lane(order), default: []].insert(order.slotOrder.slot.due) }
                end(order, ending, &simulation)
            } else {
                simulation.run(for: .seconds(.random(in: 1...600, using: &chance)))
            }
        }
        for database in simulation.supervisor.databases {
            for task in database.tasks {
                let lane = Lane(database.definition.name, task.task)
                let slots = (completed[lane] ?? []) + passed(of: lane, simulation)
                #expect(Set(slots).count == slots.count, "seed \(seed): a slot of \(lane) ended twice")
                let ends = (slots + [task.running?.slot.due].compactMap(\.self)).sorted()
                guard let first = ends.first, let last = ends.last else { continue }
                // No hole: between the first and the last every slot has ended, or runs.
                var expected: [Instant] = []
                var next: Instant? = first
                while let due = next, due <= last {
                    expected.append(due)
                    next = task.schedule.schedule.next(after: due)
                }
                let holes = Set(expected).subtracting(ends).subtracting(elsewhere[lane] ?? [])
                #expect(holes.isEmpty, "seed \(seed): \(lane)")
            }
        }
    }

    @Test(arguments: Self.seeds)
    func clocksThatAreSetNeitherStopTheWorkNorDoubleARun(seed: UInt64) throws {
        var chance = Seeded(seed: seed)
        var simulation = SupervisorSimulation((0..<3).map { DatabaseDefinition.viewsOnly("db\($0)") })
        simulation.handle(.woke)
        for _ in 0..<100 {
            switch Int.random(in: 0..<4, using: &chance) {
            case 0: simulation.setClock(by: .seconds(.random(in: -100_000...100_000, using: &chance)))
            case 1: simulation.run(for: .seconds(.random(in: 1...5_000, using: &chance)))
            default:
                for database in simulation.supervisor.databases {
                    if let order = database.runningOrder, Bool.random(using: &chance) { simulation.end(order) }
                }
            }
            for database in simulation.supervisor.databases { #expect(database.tasks.count { $0.running != nil } <= 1) }
        }
        // Wherever the clock ended up: two slots later everything has run.
        simulation.handle(.woke)
        for database in simulation.supervisor.databases {
            if let order = database.runningOrder { simulation.end(order) }
        }
        simulation.clearRecord()
        simulation.run(for: .seconds(1_800))
        for database in simulation.supervisor.databases {
            if let order = database.runningOrder { simulation.end(order) }
        }
        #expect(Set(simulation.started.map(\.definition.name)).count == 3, "seed \(seed)")
    }

    @Test(arguments: Self.seeds)
    func aServiceThatIsToldToStopBeginsNothingAndFinishesOnce(seed: UInt64) throws {
        var chance = Seeded(seed: seed)
        var simulation = SupervisorSimulation((0..<6).map { DatabaseDefinition.viewsOnly("db\($0)") }, runs: 4)
        simulation.handle(.woke)
        simulation.run(for: .seconds(.random(in: 0...2_000, using: &chance)))
        simulation.clearRecord()
        simulation.handle(.stopRequested(reason: "SIGTERM"))
        while let order = simulation.supervisor.databases.compactMap(\.runningOrder).randomElement(using: &chance) {
            simulation.run(for: .seconds(.random(in: 0...40, using: &chance)))
            if Bool.random(using: &chance) { simulation.handle(.stopRequested(reason: "SIGTERM")) }
            simulation.end(order) { $0.interruption = "SIGTERM" }
        }
        simulation.run(for: .seconds(4_000))
        #expect(simulation.started.isEmpty)
        #expect(simulation.actions.count { $0 == .finish } >= 1)
        #expect(simulation.actions.count { $0 == .cancel } <= 1)
    }

    private func end(_ order: Supervisor.RunOrder, _ ending: Ending, _ simulation: inout SupervisorSimulation) {
        switch ending {
        case .done: simulation.end(order)
        case .down: simulation.fail(order, .down)
        case .wrongPassword: simulation.fail(order, .wrongPassword)
        case .standby: simulation.fail(order, .standby)
        case .held:
            simulation.end(order) { summary in
                summary.slot?.state = .open
                summary.heldLocks = [
                    HeldRunLock(
                        task: order.slotOrder.slot.task, pid: 1, application: "", user: "", client: "", since: .noon)
                ]
            }
        case .elsewhere:
            let owner = RunOwner(runID: "1", host: "other", pid: 1, startedAt: .noon)
            simulation.end(order) { $0.slot?.state = .completedElsewhere(owner) }
        case .stepFailed: simulation.end(order) { $0.reports = [.failed] }
        }
    }

    /// Of those that were said, and those that are still to be said when the database is back.
    private func passed(of lane: Lane, _ simulation: SupervisorSimulation) -> [Instant] {
        let said = simulation.reported.flatMap { event -> [PassedSlot] in
            if case .slotsPassed(lane.database, let slots) = event { slots } else { [] }
        }
        let database = simulation.supervisor.databases.first { $0.definition.name == lane.database }
        return (said + (database?.unreported ?? [])).map(\.slot).filter { $0.task == lane.task }.map(\.due)
    }
}
