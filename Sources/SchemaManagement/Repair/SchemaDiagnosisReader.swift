import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// Reads what a database has of the schema, and plans what can be done about the rest. Changes nothing; reads rows to
/// count obstacles.
struct SchemaDiagnosisReader {
    let connection: Connection
    let mappings: [ValueMapping]
    let locks: LockBudget
    let golangMigrateTable: GolangMigrateTable

    /// - Throws: also if golang-migrate has recorded a newer version than this program knows.
    func read() async throws(ServerFailure) -> SchemaDiagnosis {
        let table = try await connection.golangMigrateTable(golangMigrateTable)
        let records = try await reading(table) { () async throws(PostgresError) in
            try await connection.golangMigrateRecords(in: table)
        }
        let known = MigrationSet.platform.migrations.count
        if let newer = records.first(where: { $0.version > known }) { throw .newer(newer, known) }

        let verification = try await SchemaVerifier.verify(connection)
        return try await reading(table) { () async throws(PostgresError) in
            var answers: [SchemaQuestion: [SchemaQuestion.Obstacle]] = [:]
            while true {
                let planner = try spelled(
                    SchemaPlanner(
                        verification, schema: RecordedFacts.platform.schema, rules: RepairRule.all, mappings: mappings,
                        answers: answers, deadline: locks.perStep))
                let open = planner.openQuestions
                if open.isEmpty {
                    let plan = planner.result
                    return SchemaDiagnosis(
                        verification: verification, plan: plan, records: records,
                        missingPrivileges: plan.steps.isEmpty ? [] : try await missingPrivileges(table))
                }
                for question in open { answers[question] = try await answer(to: question) }
            }
        }
    }

    /// A role that may not read the tables is told of all missing rights, instead of the first table only.
    private func reading<Value>(
        _ table: RelationName?, _ body: () async throws(PostgresError) -> Value
    ) async throws(ServerFailure) -> Value {
        do throws(PostgresError) {
            return try await body()
        } catch {
            guard error.sqlState == .insufficientPrivilege else {
                throw await connection.failure(error, reading: RecordedFacts.platform.schema)
            }
            let missing: [MissingPrivilege]
            do throws(PostgresError) {
                missing = try await missingPrivileges(table)
            } catch {
                throw ServerFailure(error)
            }
            throw missing.isEmpty ? ServerFailure(error) : ServerFailure(repairing: connection, without: missing)
        }
    }

    private func answer(to question: SchemaQuestion) async throws(PostgresError) -> [SchemaQuestion.Obstacle] {
        do throws(PostgresError) {
            return try await connection.answer(to: question)
        } catch {
            guard let state = error.sqlState else { throw error }
            // Data exceptions: a value that cannot be cast. The server only names the first one.
            if state.rawValue.hasPrefix("22") { return [SchemaQuestion.Obstacle(value: error.message, count: 1)] }
            // What it asks about does not exist yet, so there is no obstacle.
            guard Self.undefined.contains(state) else { throw error }
            return []
        }
    }

    /// A table, a column, a function, a type, a schema.
    private static let undefined: Set<SQLState> = [
        .undefinedTable, .undefinedColumn, .undefinedFunction, .undefinedObject, .invalidSchemaName,
    ]

    private func missingPrivileges(_ table: RelationName?) async throws(PostgresError) -> [MissingPrivilege] {
        let tables = try table.map { (table) throws(PostgresError) in [try spelled(table.quoted)] } ?? []
        return try await connection.missingPrivileges(SchemaQuery.rights(), SchemaQuery.repairRights(tables))
    }
}

extension Connection {
    /// Reads rows of the tables that the question is about, under ACCESS SHARE.
    func answer(to question: SchemaQuestion) async throws(PostgresError) -> [SchemaQuestion.Obstacle] {
        let parameters = question.parameters.map { parameter -> any StatementParameter in
            switch parameter {
            case .text(let text): text
            case .texts(let texts): texts
            case .flag(let flag): flag
            }
        }
        let statement = Statement(unsafe: question.shortened, parameters: parameters)
        return try await rows(statement).map { (row) throws(PostgresError) in
            SchemaQuestion.Obstacle(
                value: try row.decodeIfPresent("value"), count: try row.decode("count"),
                others: try row.decode("others"))
        }
    }
}

extension ServerFailure {
    init(repairing connection: Connection, without missing: [MissingPrivilege]) {
        self.init(
            missing, of: connection.server.user, "repair the schema",
            superuserCure: "do it as a superuser, or let one run")
    }
}
