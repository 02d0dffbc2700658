import Foundation
import Maintenance
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// What the server would refuse in the middle of a plan is refused before it, with statements that end it.
@Suite("Obstacles of the repair")
struct RepairObstacleTests {
    struct Obstacle: CustomTestStringConvertible, Sendable {
        let sql: String
        /// Words of the reasons, in their order.
        let reasons: [String]
        /// What the cure is to leave: true.
        var kept = "true"
        var testDescription: String { sql }
    }

    // MARK: - Persistence

    private static let unlogged = [
        Obstacle(
            sql: """
                ALTER TABLE mcp.workflow_executions SET UNLOGGED; ALTER TABLE mcp.workflows SET UNLOGGED;
                """,
            reasons: ["expected a logged table, found UNLOGGED", "expected a logged table, found UNLOGGED"])
    ]

    @Test(arguments: unlogged)
    func areRefusedAndEndByTheirCures(obstacle: Obstacle) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let role = "alice_\(database.name)"
            func filled(_ text: String) -> String { text.replacing("@", with: role) }
            try await database.psql("SET client_min_messages = error; \(filled(obstacle.sql))")
            let facts = try await database.facts()
            let diagnosis = try await database.repair()
            #expect(try await database.facts() == facts)
            let reasons = diagnosis.plan.refusals.map(\.reason)
            let places = obstacle.reasons.map { words in reasons.firstIndex { $0.contains(filled(words)) } }
            #expect(places.allSatisfy { $0 != nil }, "\(diagnosis.plan.refusals)")
            #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted(), "\(reasons)")
            for refusal in diagnosis.plan.refusals { try await database.psql(refusal.statement) }
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            #expect(try await database.psql("SELECT \(obstacle.kept)") == "t")
            if obstacle.sql.contains("@") { try await database.psql("DROP OWNED BY \(role); DROP ROLE \(role)") }
        }
    }
}

extension SchemaRefusal {
    /// The statement that its cure names first.
    fileprivate var statement: String {
        let parts = cure.components(separatedBy: "; then repeat")[0].components(separatedBy: "; or, where ")[0]
        let marks = ["give that another name: ", "run: ", "a crash empties an unlogged table: "]
        let statement = marks.reduce(parts) { $0.replacing($1, with: "") }
        return statement.components(separatedBy: ", which rewrites it")[0]
    }
}
