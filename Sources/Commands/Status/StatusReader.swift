import CivilTime
import DatabaseAccess
import Maintenance
import MaintenanceDatabase
import SQLText

/// Reads the status of a database from its catalog, and from its ledger if it has one. Changes nothing.
struct StatusReader {
    private static let application = "pgtend status"

    private let definition: DatabaseDefinition

    init(_ definition: DatabaseDefinition) {
        self.definition = definition
    }

    /// - Throws: if the catalog cannot be read. If only the ledger cannot be read, the status has a note.
    func status() async throws(ServerFailure) -> DatabaseStatus {
        let plan = try await plan()
        let ledger: LedgerExtract?
        var absence: String?
        if definition.ledger.enabled {
            do throws(ServerFailure) {
                ledger = try await readLedger(isStandby: plan == nil)
                if ledger == nil { absence = LedgerWords.absence }
            } catch {
                ledger = nil
                absence = "it cannot be read: \(error)"
            }
        } else {
            ledger = nil
            absence = LedgerWords.switchedOff
        }
        return DatabaseStatus(
            definition: definition, now: plan?.takenAt ?? HostClock.now(), plan: plan, ledger: ledger,
            ledgerAbsence: absence)
    }

    /// The plan without the statistics: a status does not show them, and planning them reads tables, for which the role
    /// need not have the privileges.
    ///
    /// - Returns: nil for a standby.
    private func plan() async throws(ServerFailure) -> Plan? {
        // A table that nobody extends runs out, also where discovery is off.
        var looking = definition
        looking.partitions.discover = true
        let run = MaintenanceRun(
            definition: looking, tasks: [.partitions, .views], runID: RunID.random(),
            applicationName: Self.application, programVersion: Version.text, sink: NullSink())
        do throws(ServerFailure) {
            let plan = try await run.plan().plan
            return definition.partitions.discover ? plan : plan.tending(definition.partitionSets.map(\.table))
        } catch {
            if error.isStandby { return nil }
            throw error
        }
    }

    private func readLedger(isStandby: Bool) async throws(ServerFailure) -> LedgerExtract? {
        let dayAgo = HostClock.now().adding(microseconds: -Instant.microsecondsPerDay)
        return try await LedgerReader.read(definition, applicationName: Self.application) {
            reader async throws(ServerFailure) in
            var extract = LedgerExtract()
            // More than enough for a day unless a schedule is due more than once a minute; then only the latest count.
            let slots = try await reader.slots(latest: 1_500)
            extract.passed = slots.filter { ($0.state == .missed || $0.state == .skipped) && $0.slot.due >= dayAgo }
            for task in TaskKind.allCases {
                extract.latestSlots[task] = slots.first { $0.slot.task == task }
                let runs = try await reader.runs(tasks: [task], limit: 20)
                if let last = runs.first(where: { $0.state != .running }) {
                    let detail = last.tasks.count > 1 ? try await reader.run(last.runID) : nil
                    extract.lastRuns[task] = detail?.run(of: task) ?? last
                }
                extract.running += runs.filter { run in
                    run.state == .running && !extract.running.contains { $0.runID == run.runID }
                }
            }
            // A standby has the ledger but not the locks of the primary, which tell whether a run is still at work.
            if !isStandby { extract.markAbandoned(exceptAtWork: try await reader.lockedTasks()) }
            extract.streaks = try await reader.streaks()
            extract.refreshes = try await reader.refreshes()
            return extract
        }
    }
}

extension Plan {
    /// As if only these tables were tended: of others there is a runway, where it is short.
    fileprivate func tending(_ tables: [RelationName]) -> Plan {
        let tended = Set(tables)
        func isTended(_ task: TaskKind, _ object: RelationName) -> Bool {
            task != .partitions || tended.contains(object)
        }
        var plan = self
        plan.work.steps.removeAll { !isTended($0.task, $0.object) }
        plan.work.refusals.removeAll { !isTended($0.task, $0.object) }
        plan.work.findings.removeAll { !isTended($0.task, $0.object) }
        plan.work.inferences.removeAll { !isTended($0.task, $0.object) }
        plan.work.runways.removeAll { !tended.contains($0.table) && $0.level() == .ample }
        return plan
    }
}

/// The part of the ledger that the status of a database needs.
struct LedgerExtract: Hashable, Sendable {
    /// For each kind of task, the last run that has ended.
    var lastRuns: [TaskKind: LedgerRun] = [:]
    var running: [LedgerRun] = []
    /// The runs whose process died before it recorded their end. The next run marks them as abandoned in the ledger.
    var abandoned: [LedgerRun] = []
    /// For each kind of task, the slot that was due last.
    var latestSlots: [TaskKind: LedgerSlot] = [:]
    var streaks: [LedgerFailureStreak] = []
    /// The skipped and missed slots of the last day.
    var passed: [LedgerSlot] = []
    var refreshes: [LedgerRefresh] = []

    /// Moves the runs from `running` to `abandoned` that do not hold the advisory locks of all their tasks.
    ///
    /// - Parameter tasks: the kinds of task whose locks are held.
    mutating func markAbandoned(exceptAtWork tasks: Set<TaskKind>) {
        abandoned += running.filter { !tasks.isSuperset(of: $0.tasks) }
        running.removeAll { !tasks.isSuperset(of: $0.tasks) }
    }
}
