import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// Brings a database that has the schema in part, with rows in it, to what the schema should be, and clears the dirty flag
/// of golang-migrate once it is.
///
/// Nothing is carried from one call to the next: each plans from the catalog, so that a call may be interrupted anywhere.
package struct SchemaRepair: Sendable {
    private let conninfo: String
    private let applicationName: String
    private let programVersion: String
    private let mappings: [ValueMapping]
    private let locks: LockBudget
    private let recordTable: ForeignRecordTable

    /// - Parameters:
    ///   - conninfo: of the database; its role has to be a superuser, or to have the rights that a plan asks for.
    ///   - mappings: what old values are called by now.
    ///   - locks: how long the application may be made to wait.
    ///   - recordTable: where golang-migrate records what it has done.
    package init(
        conninfo: String, applicationName: String, programVersion: String, mappings: [ValueMapping] = [],
        locks: LockBudget, recordTable: ForeignRecordTable = .usual
    ) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.programVersion = programVersion
        self.mappings = mappings
        self.locks = locks
        self.recordTable = recordTable
    }

    /// What is there, and what would be done. Changes nothing; reads rows to count what stands in the way.
    package func plan() async throws(ServerFailure) -> SchemaDiagnosis {
        try await Connection.forSchema(conninfo, applicationName) { (connection) async throws(ServerFailure) in
            try await refuseNewer(connection)
            return try await diagnosis(connection)
        }
    }

    /// Does what is to be done, in as many rounds as it takes: some of it shows only when something else is done.
    ///
    /// Locks: an advisory one against a second installer; each step what it says.
    ///
    /// - Parameters:
    ///   - begun: called with the first diagnosis, before anything is changed.
    ///   - progressed: called now and then while rows get new values.
    ///   - done: called after each step, or group of steps.
    /// - Returns: how the database stands afterwards.
    /// - Throws: what a step failed with. What was done before it stays, and the next call goes on.
    package func run(
        begun: @Sendable (SchemaDiagnosis) -> Void,
        progressed: @Sendable (BackfillProgress) -> Void = { _ in },
        done: @Sendable ([SchemaStep], Duration) -> Void
    ) async throws(ServerFailure) -> SchemaDiagnosis {
        try await Connection.forSchema(conninfo, applicationName) { (connection) async throws(ServerFailure) in
            try await connection.requirePrimary()
            let lock = SchemaLock(connection: connection, set: .platform)
            try await lock.take()
            try await refuseNewer(connection)
            var diagnosis = try await diagnosis(connection)
            begun(diagnosis)
            guard diagnosis.missingRights.isEmpty || !diagnosis.plan.refusals.isEmpty else {
                throw Self.forbidden(diagnosis.missingRights, connection)
            }
            for round in 1...Self.rounds {
                guard diagnosis.plan.refusals.isEmpty, !diagnosis.plan.steps.isEmpty else { break }
                var isOvertaken = false
                do throws(ServerFailure) {
                    try await execute(diagnosis, connection, progressed, done)
                } catch {
                    isOvertaken = Self.isOvertaken(error)
                    try await withdrawChecks(connection, of: diagnosis.plan, after: error)
                    guard isOvertaken, round < Self.rounds else { throw error }
                }
                let former = diagnosis
                diagnosis = try await self.diagnosis(connection)
                let isStuck =
                    diagnosis.verification.gap == former.verification.gap && diagnosis.plan.steps == former.plan.steps
                if isStuck, !isOvertaken { break }
            }
            if !diagnosis.plan.refusals.isEmpty {
                if try await withdrawChecks(connection) { diagnosis = try await self.diagnosis(connection) }
            } else if diagnosis.verification.gap.isClosed {
                try await settle(connection, diagnosis.records)
                diagnosis = try await self.diagnosis(connection)
            }
            return diagnosis
        }
    }

    /// Takes away the CHECKs that stand for NOT NULL and are not validated. A row that was written in the moment between
    /// the look at the rows and the CHECK could not be changed as long as that stands; the next call makes them anew.
    /// Where a call ends without a chance to do this, the next one validates them, or does it.
    ///
    /// - Returns: whether there were any.
    private func withdrawChecks(_ connection: Connection) async throws(ServerFailure) -> Bool {
        let schema = RecordedFacts.platform.schema
        let live = try await SchemaVerifier.verify(connection).live
        let checks = live.objects(.constraint).filter { check in
            check.name.hasPrefix(ReservedName.notNullPrefix)
                && live[check, .definition]?.hasSuffix(" NOT VALID") ?? false
        }
        guard !checks.isEmpty else { return false }
        do throws(PostgresError) {
            let runner = SchemaStepRunner(
                connection: connection, schema: schema, locks: locks, programVersion: programVersion)
            try await runner.prepare(live.extensionSchemas)
            for check in checks {
                let relation = RelationName(schema: schema, name: check.relation)
                try await runner.execute([
                    SchemaStep(
                        check, .briefly([LockRequirement(.accessExclusive, on: relation)]), "it is not validated",
                        [
                            "ALTER TABLE \(try spelled(relation.quoted)) DROP CONSTRAINT IF EXISTS "
                                + (try spelled(SQLIdentifier(check.name).quoted))
                        ])
                ])
            }
        } catch {
            throw ServerFailure(error)
        }
        return true
    }

    /// - Throws: what failed first. Often the connection is what has failed, and nothing can be taken away then: what
    ///   stays is told with it.
    private func withdrawChecks(
        _ connection: Connection, of plan: SchemaPlan, after failure: ServerFailure
    ) async throws(ServerFailure) {
        do throws(ServerFailure) {
            _ = try await withdrawChecks(connection)
        } catch {
            let hasChecks = plan.steps.contains { step in
                step.statements.contains { $0.contains(ReservedName.notNullPrefix) }
            }
            guard hasChecks else { throw failure }
            var told = failure
            let remainder =
                "a CHECK \(ReservedName.notNullPrefix)… that is not validated may still stand, which the next call deals "
                + "with: it could not be taken away (\(error))"
            told.detail = [failure.detail, remainder].compactMap(\.self).joined(separator: "\n")
            throw told
        }
    }

    private static let rounds = 8

    /// Whether rows that somebody has written since they were filled break what is validated now: no more of them can
    /// come by then, and the next round fills those, or counts them.
    private static func isOvertaken(_ failure: ServerFailure) -> Bool {
        let states: [SQLState] = [.checkViolation, .notNullViolation, .foreignKeyViolation]
        return (failure.sqlState.map(states.contains) ?? false)
    }

    // MARK: - Reading

    /// What this program takes for a gap would be the work of a newer one.
    private func refuseNewer(_ connection: Connection) async throws(ServerFailure) {
        _ = try await migrations(connection).pending()
    }

    /// - Throws: also for a newer schema by golang-migrate's record.
    private func diagnosis(_ connection: Connection) async throws(ServerFailure) -> SchemaDiagnosis {
        let table = try await connection.foreignRecordTable(recordTable)
        let records = try await reading(connection, table) { () async throws(PostgresError) in
            try await connection.foreignRecords(of: table)
        }
        let known = MigrationSet.platform.migrations.count
        if let newer = records.first(where: { $0.version > known }) { throw .newer(newer, known) }

        let verification = try await SchemaVerifier.verify(connection)
        return try await reading(connection, table) { () async throws(PostgresError) in
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
                        missingRights: plan.steps.isEmpty ? [] : try await missingRights(connection, table))
                }
                for question in open { answers[question] = try await answer(question, connection) }
            }
        }
    }

    /// Who may not even read is told all that is missing, and not the first table of many.
    private func reading<Value>(
        _ connection: Connection, _ table: RelationName?, _ body: () async throws(PostgresError) -> Value
    ) async throws(ServerFailure) -> Value {
        do throws(PostgresError) {
            return try await body()
        } catch {
            guard error.sqlState == .insufficientPrivilege else {
                throw await connection.failure(error, reading: RecordedFacts.platform.schema)
            }
            let missing: [MissingRight]
            do throws(PostgresError) {
                missing = try await missingRights(connection, table)
            } catch {
                throw ServerFailure(error)
            }
            throw missing.isEmpty ? ServerFailure(error) : Self.forbidden(missing, connection)
        }
    }

    private static func forbidden(_ missing: [MissingRight], _ connection: Connection) -> ServerFailure {
        ServerFailure(
            missing, of: connection.server.user, "repair the schema", otherwise: "do it as a superuser, or let one run")
    }

    private func answer(
        _ question: SchemaQuestion, _ connection: Connection
    ) async throws(PostgresError) -> [SchemaQuestion.Obstacle] {
        do throws(PostgresError) {
            return try await connection.answer(question)
        } catch {
            guard let state = error.sqlState else { throw error }
            // A value that cannot be cast, of which the server names the first only.
            if state.rawValue.hasPrefix("22") { return [SchemaQuestion.Obstacle(value: error.message, count: 1)] }
            // What it asks about does not stand yet, so that nothing can stand in the way.
            guard Self.undefined.contains(state) else { throw error }
            return []
        }
    }

    /// A table, a column, a function, a type, a schema.
    private static let undefined: Set<SQLState> = [
        .undefinedTable, .undefinedColumn, .undefinedFunction, .undefinedObject, .invalidSchemaName,
    ]

    private func missingRights(
        _ connection: Connection, _ table: RelationName?
    ) async throws(PostgresError) -> [MissingRight] {
        let tables = try table.map { (table) throws(PostgresError) in [try spelled(table.quoted)] } ?? []
        return try await connection.missingRights(SchemaQuery.rights(), SchemaQuery.repairRights(tables))
    }

    private func migrations(_ connection: Connection) -> MigrationRunner {
        MigrationRunner(connection: connection, set: .platform, programVersion: programVersion)
    }

    // MARK: - Doing

    private func execute(
        _ diagnosis: SchemaDiagnosis, _ connection: Connection, _ progressed: (BackfillProgress) -> Void,
        _ done: ([SchemaStep], Duration) -> Void
    ) async throws(ServerFailure) {
        let runner = SchemaStepRunner(
            connection: connection, schema: RecordedFacts.platform.schema, locks: locks, programVersion: programVersion)
        do throws(PostgresError) {
            try await runner.prepare(diagnosis.verification.live.extensionSchemas)
        } catch {
            throw ServerFailure(error)
        }
        for group in Self.groups(diagnosis.plan.steps) {
            let start = ContinuousClock.now
            do throws(PostgresError) {
                try await runner.execute(group, progressed: progressed)
            } catch {
                throw ServerFailure(error, in: group, runner.waits.blockers)
            }
            done(group, start.duration(to: .now))
        }
    }

    /// Neighbours that go together are one transaction.
    static func groups(_ steps: [SchemaStep]) -> [[SchemaStep]] {
        steps.reduce(into: []) { groups, step in
            if step.execution == .together, groups.last?.first?.execution == .together {
                groups[groups.count - 1].append(step)
            } else {
                groups.append([step])
            }
        }
    }

    /// Records the schema as applied, and what golang-migrate should believe: only of a database that has just verified.
    private func settle(_ connection: Connection, _ records: [ForeignRecord]) async throws(ServerFailure) {
        try await migrations(connection).adopt()
        let version = MigrationSet.platform.migrations.count
        do throws(PostgresError) {
            for record in records where record.isDirty || record.version < version {
                try await connection.execute(
                    Statement(
                        unsafe:
                            "UPDATE \(try spelled(record.table.quoted)) SET version = $1, dirty = false WHERE version = $2",
                        parameters: [version, record.version]))
            }
        } catch {
            throw ServerFailure(error)
        }
    }
}

extension Connection {
    /// Reads rows of the tables that the question is about, under ACCESS SHARE.
    func answer(_ question: SchemaQuestion) async throws(PostgresError) -> [SchemaQuestion.Obstacle] {
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
