import CivilTime
import DatabaseAccess
import Maintenance
import MaintenanceDatabase

/// Asks a database how it stands: its catalog, and its ledger where it has one. Changes nothing.
struct StatusReader {
    private static let application = "pgtend status"

    private let definition: DatabaseDefinition

    init(_ definition: DatabaseDefinition) {
        self.definition = definition
    }

    /// - Throws: where the catalog cannot be read. A ledger that cannot be is a note in the status.
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

    /// Without the statistics, which have nothing to show here: their plan reads tables and not the catalog alone, which
    /// whoever asks for a status need not be allowed to.
    ///
    /// - Returns: nil for a standby.
    private func plan() async throws(ServerFailure) -> Plan? {
        let run = MaintenanceRun(
            definition: definition, tasks: [.partitions, .views], runID: RunID.random(),
            applicationName: Self.application, programVersion: Version.text, sink: NoSink())
        do throws(ServerFailure) {
            return try await run.plan().plan
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
            // A day has more of them only where a schedule is due more than once a minute; then the latest count.
            let slots = try await reader.slots(latest: 1_500)
            extract.passed = slots.filter { ($0.state == .missed || $0.state == .skipped) && $0.slot.due >= dayAgo }
            for task in TaskKind.allCases {
                extract.latestSlots[task] = slots.first { $0.slot.task == task }
                let runs = try await reader.runs(tasks: [task], limit: 20)
                extract.lastRuns[task] = runs.first { $0.state != .running }
                extract.running += runs.filter { run in
                    run.state == .running && !extract.running.contains { $0.runID == run.runID }
                }
            }
            // A standby has the ledger and not the locks: what is at work on the primary cannot be told from here.
            if !isStandby { extract.markAbandoned(exceptAtWork: try await reader.lockedTasks()) }
            extract.streaks = try await reader.streaks()
            extract.refreshes = try await reader.refreshes()
            return extract
        }
    }
}
