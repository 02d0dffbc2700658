import Maintenance
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Notes of planners", .serialized)
struct NoteTests {
    /// A planner that counts its plans.
    private func run(in database: TestDatabase) async -> RunSummary {
        let repertoire = Repertoire(
            remembering: { _ in [.refreshView] },
            plan: { _, snapshot in
                let object = LongWork.subject
                let known = snapshot.remembered[.refreshView, object].flatMap { Int($0.texts["plans"] ?? "") } ?? 0
                let note = Remembered.Note(.refreshView, object, ["plans": "\(known + 1)"])
                return Plan(
                    database: "test", takenAt: snapshot.takenAt, work: TaskPlan(notes: [note], objectsInView: 1))
            }, work: { $0.work(serverVersion: $1) })
        return await MaintenanceRun(
            RunContext(
                definition: database.definition(), tasks: [.views], runID: TestSlot.runID(),
                applicationName: "pgtend test", programVersion: "1", order: nil, installsLedger: false,
                sink: RecordingSink(), repertoire: repertoire)
        ).execute()
    }

    @Test("are kept in the ledger without a step, and told to the next plan")
    func areKept() async throws {
        try await TestDatabase.with { database in
            #expect(await run(in: database).verdict == .done, "without a ledger")
            try await database.installLedger()
            for _ in 1...3 { #expect(await run(in: database).verdict == .done) }
            try await database.expect(
                ledger: "SELECT action, schema_name, object_name, content FROM memory",
                is: #"refresh_view|s|source|{"plans": "3"}"#)
            try await database.expect(ledger: "SELECT count(*) FROM step", is: "0")
        }
    }
}
