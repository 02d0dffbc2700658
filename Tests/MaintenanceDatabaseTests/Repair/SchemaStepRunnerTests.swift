import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// The budget of lock waits, for steps that name their locks and for those whose statements take them by themselves.
@Suite("Runner of schema steps")
struct SchemaStepRunnerTests {
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func givesUpWhenTheWaitsForATableReachTheirBudget(namesItsLock: Bool) async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                "CREATE SCHEMA s; CREATE TABLE s.things (id integer); CREATE VIEW s.v AS SELECT 1 AS one")
            let connection = try await database.connect()
            let runner = SchemaStepRunner(
                connection: connection, schema: "s",
                locks: LockBudget(perStep: .milliseconds(50), perTableAndHour: .milliseconds(300)),
                programVersion: "1.2.3")
            try await runner.prepare([:])
            let holder = try await database.connect(as: "holder")
            try await holder.script(unsafe: "BEGIN; LOCK TABLE s.things; SELECT FROM s.v")
            let things = RelationName(schema: "s", name: "things")
            let step =
                namesItsLock
                ? SchemaStep(
                    CatalogObject(.table, "things"), .briefly([LockRequirement(.accessExclusive, on: things)]), "test",
                    ["ALTER TABLE s.things ADD COLUMN note text"])
                : SchemaStep(CatalogObject(.view, "v"), .briefly([]), "test", ["ALTER VIEW s.v RENAME TO w"])
            await #expect {
                try await runner.execute([step])
            } throws: { error in
                (error as? PostgresError).map(FailureClass.init) == .lockNotAvailable
            }
            #expect(runner.waits.blockers.map(\.application) == (namesItsLock ? ["holder"] : []))
            await holder.close()
            await connection.close()
        }
    }
}
