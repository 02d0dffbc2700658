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

    // MARK: - Names

    private static let takenNames = [
        Obstacle(
            sql: "ALTER TABLE mcp.integrations RENAME TO integrations_backup",
            reasons: ["its name is taken by the constraint integrations_pkey of integrations_backup"],
            kept: "to_regclass('mcp.integrations_backup') IS NOT NULL"),
        Obstacle(
            sql: "DROP TABLE mcp.webhook_configs; CREATE TABLE mcp.kept (a integer); "
                + "CREATE INDEX webhook_configs_pkey ON mcp.kept (a)",
            reasons: ["its name is taken by the index webhook_configs_pkey of kept"],
            kept: "to_regclass('mcp.other_webhook_configs_pkey') IS NOT NULL"),
        Obstacle(
            sql: "DROP TABLE mcp.webhook_configs; "
                + "CREATE TABLE mcp.kept (a integer, CONSTRAINT webhook_configs_pkey EXCLUDE USING btree (a WITH =))",
            reasons: ["its name is taken by the constraint webhook_configs_pkey of kept"]),
        Obstacle(
            sql: "DROP MATERIALIZED VIEW mcp.active_embedding_models; CREATE TABLE mcp.kept (a integer); "
                + "CREATE INDEX active_embedding_models_key ON mcp.kept (a)",
            reasons: ["its name is taken by the index active_embedding_models_key of kept"]),
        Obstacle(
            sql: "DROP VIEW mcp.tenant_agent_cost_analytics; CREATE TABLE mcp.tenant_agent_cost_analytics (a integer)",
            reasons: ["its name is taken by the table tenant_agent_cost_analytics"],
            kept: "to_regclass('mcp.other_tenant_agent_cost_analytics') IS NOT NULL"),
        Obstacle(
            sql: "ALTER TYPE mcp.workspace_visibility RENAME TO visibility; "
                + "CREATE TABLE mcp.workspace_visibility (a integer)",
            reasons: ["its name is taken by the table workspace_visibility"]),
        Obstacle(
            sql: "ALTER TYPE mcp.workspace_visibility RENAME TO visibility; "
                + "CREATE TYPE mcp.visible AS RANGE (subtype = integer, multirange_type_name = mcp.workspace_visibility)",
            reasons: ["its name is taken by the type mcp.workspace_visibility"]),
        Obstacle(
            sql: "DROP TABLE mcp.webhook_configs; CREATE TYPE mcp.webhook_configs AS ENUM ('a')",
            reasons: ["its name is taken by the type webhook_configs"]),
        Obstacle(
            sql: "DROP TABLE mcp.webhook_configs; CREATE TYPE mcp.webhook_configs_pkey AS (a integer)",
            reasons: ["its name is taken by the type webhook_configs_pkey"]),
        Obstacle(
            sql: "DROP TABLE mcp.webhook_configs; "
                + "CREATE TABLE mcp.kept (a integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME mcp.webhook_configs))",
            reasons: ["its name is taken by the sequence mcp.webhook_configs"]),
        Obstacle(
            sql: "DROP FUNCTION mcp.refresh_cost_analytics(); "
                + "CREATE PROCEDURE mcp.refresh_cost_analytics() LANGUAGE sql AS 'SELECT 1'",
            reasons: ["its name is taken by the procedure refresh_cost_analytics()"]),
        Obstacle(
            sql: "DROP FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) CASCADE; "
                + "CREATE FUNCTION public.s(jsonb, jsonb, jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT $1'; "
                + "CREATE AGGREGATE mcp.jsonb_merge_recursive(jsonb, jsonb) (SFUNC = public.s, STYPE = jsonb)",
            reasons: ["its name is taken by the aggregate jsonb_merge_recursive(jsonb, jsonb)"]),
        Obstacle(
            sql: "DROP TRIGGER users_updated_at ON mcp.users; "
                + "CREATE CONSTRAINT TRIGGER users_updated_at AFTER UPDATE ON mcp.users FOR EACH ROW "
                + "EXECUTE FUNCTION mcp.update_updated_at_column()",
            reasons: ["its name is taken by a constraint trigger: CREATE CONSTRAINT TRIGGER users_updated_at AFTER"]),
    ]

    // MARK: - Persistence

    private static let unlogged = [
        Obstacle(
            sql: """
                ALTER TABLE mcp.workflow_executions SET UNLOGGED; ALTER TABLE mcp.workflows SET UNLOGGED;
                """,
            reasons: ["expected a logged table, found UNLOGGED", "expected a logged table, found UNLOGGED"])
    ]

    @Test(arguments: takenNames + unlogged)
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

    /// The other statement that the refusal names.
    @Test func aTableThatWasRenamedMayGetItsNameBack() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql("ALTER TABLE mcp.integrations RENAME TO integrations_backup")
            let refusal = try #require(try await database.repair().plan.refusals.first)
            let other = try #require(refusal.cure.components(separatedBy: " under another name: ").last)
            try await database.psql(other.components(separatedBy: "; then repeat")[0])
            #expect(try await database.repairing().plan().verification.gap.isClosed)
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
