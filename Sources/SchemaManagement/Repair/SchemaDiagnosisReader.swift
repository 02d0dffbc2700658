import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// Reads what a database has of the schema, and plans what can be done about the rest. Changes nothing; reads rows to
/// count obstacles.
struct SchemaDiagnosisReader {
    let connection: Connection
    let choices: RepairChoices
    let locks: LockBudget
    let golangMigrateTable: GolangMigrateTable
    let strangers: Strangers
    let release: SchemaRelease
    /// Whether steps of the command have been done before.
    var isUnderWay = false

    func read() async throws(ServerFailure) -> SchemaDiagnosis {
        try await connection.asking(about: release.schema) { (identity) async throws(ServerFailure) in
            try await read(identity)
        }
    }

    private func read(_ identity: SchemaIdentity) async throws(ServerFailure) -> SchemaDiagnosis {
        try await connection.refuseForeignEventTrigger()
        let table = try await connection.golangMigrateTable(golangMigrateTable)
        try await strangers.refuse(in: connection, table, isUnderWay: isUnderWay)
        let records = try await reading(table) { () async throws(PostgresError) in
            try await connection.golangMigrateRecords(in: table)
        }
        if let failure = ServerFailure.severalRows(records) { throw failure }

        // Once only.
        let isRecorded = try await connection.hasRecord(of: strangers.set)
        let recorded = try await RecordedMigrations.read(connection, release.set)
        let live = try await SchemaVerifier.live(connection, release)
        let road: MigrationRoad
        do throws(SchemaRefusal) {
            road = try self.road(recorded, live, connection)
        } catch {
            let verification = release.verification(of: live, on: connection.server.version.major)
            return SchemaDiagnosis(
                verification: verification, plan: SchemaPlan(refusals: [error], steps: []), records: records,
                migrationCount: release.set.migrations.count,
                missingPrivileges: [], identity: identity)
        }
        let verification = release.verification(
            of: live, on: connection.server.version.major, after: road.behind + (road.isUnderWay ? 1 : 0))
        return try await reading(table) { () async throws(PostgresError) in
            var answers: [SchemaQuestion: [SchemaQuestion.Obstacle]] = [:]
            let calling: [String] = try await connection.rows(SchemaQuery.repairCalling()).map {
                (row) throws(PostgresError) in try row.decode("name")
            }
            let ground = try await QuestionGround.read(connection, verification.live, of: release.schema, identity)
            // Those that would run code of one owner as another.
            var unasked: [SchemaQuestion] = []
            while true {
                let planner = try spelled(
                    SchemaPlanner(
                        verification, schema: release.schema, rules: RepairRule.all, choices: choices,
                        answers: answers, deadline: locks.perStep))
                // Drift is mended before a migration begins, which relies on what the one before it leaves.
                let open = road.isUnderWay ? [] : planner.openQuestions
                if open.isEmpty {
                    var plan = unasked.isEmpty ? planner.result : planner.handOver.leaving(unasked)
                    let isMended = plan.steps.isEmpty && plan.refusals.isEmpty && verification.gap.isClosed
                    if road.isUnderWay || isMended, !road.rest.isEmpty {
                        plan = road.plan(in: live, schema: release.schema, as: release.newest.owner)
                    }
                    return SchemaDiagnosis(
                        verification: verification, plan: plan, records: records,
                        migrationCount: release.set.migrations.count,
                        missingPrivileges: plan.steps.isEmpty ? [] : try await missingPrivileges(table),
                        identity: identity)
                }
                let asked = open.filter { $0.source == .catalogs || $0.source == .record }
                for question in asked.isEmpty ? open : asked {
                    let isOpen = verification.live.isOpen(question, calling)
                    if !isOpen { unasked.append(question) }
                    let isAsked = isOpen && (question.source != .record || isRecorded)
                    let answer = isAsked ? try await answer(to: question, verification, ground, table) : []
                    if answer == nil { unasked.append(question) }
                    answers[question] = answer ?? []
                }
            }
        }
    }

    private func road(
        _ recorded: RecordedMigrations, _ live: CatalogFacts, _ connection: Connection
    ) throws(SchemaRefusal) -> MigrationRoad {
        let migrations = release.set.migrations
        let behind =
            recorded.count > 0
            ? recorded.count
            : try UnrecordedMigrations.count(
                migrations, in: live,
                expecting: release.expected(on: connection.server.version.major, live.extensionSchemas))
        do throws(MigrationHeadError) {
            return try MigrationRoad(migrations, behind: behind, done: recorded.steps)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// A role that may not read the tables is told of all missing rights, instead of the first table only.
    private func reading<Value>(
        _ table: GolangMigrateHome?, _ body: () async throws(PostgresError) -> Value
    ) async throws(ServerFailure) -> Value {
        do throws(PostgresError) {
            return try await body()
        } catch {
            guard error.sqlState == .insufficientPrivilege else {
                throw await connection.failure(error, reading: release.schema)
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

    /// - Returns: nil where the owner of the tables is another than the schema's, and may not execute a function that they
    ///   use: whoever they belong to in the end may.
    private func answer(
        to question: SchemaQuestion, _ verification: SchemaVerification, _ ground: QuestionGround,
        _ table: GolangMigrateHome?
    ) async throws(PostgresError) -> [SchemaQuestion.Obstacle]? {
        do throws(PostgresError) {
            return try await connection.answer(to: question, on: ground)
        } catch {
            guard let state = error.sqlState else { throw error }
            // Nor may everybody make the role that it is asked as, or that role what the text calls.
            if state == .insufficientPrivilege, question.isQuoting,
                verification.live.owners(of: question.relations) == [nil]
            {
                return nil
            }
            if state == .insufficientPrivilege, verification.isForeign(question.relations) {
                guard try await missingPrivileges(table).isEmpty else { throw error }
                return nil
            }
            // Data exceptions: a value that cannot be cast. The server only names the first one.
            // Not those of names and texts that the session's encoding does not have.
            if case .rows = question.source, state.rawValue.hasPrefix("22"),
                !["22021", "22P05"].contains(state.rawValue)
            {
                return [SchemaQuestion.Obstacle(value: error.message, count: 1)]
            }
            // What it asks about does not exist yet, so there is no obstacle. Code that it runs may not say so.
            guard Self.undefined.contains(state), question.isWhatFailed(error) else { throw error }
            return []
        }
    }

    /// A table, a column, a function, a type, a schema.
    private static let undefined: Set<SQLState> = [
        .undefinedTable, .undefinedColumn, .undefinedFunction, .undefinedObject, .invalidSchemaName,
    ]

    private func missingPrivileges(_ table: GolangMigrateHome?) async throws(PostgresError) -> [MissingPrivilege] {
        let tables = try table.map { (table) throws(PostgresError) in [try spelled(table.table.quoted)] } ?? []
        let own = release.newest.facts(major: RecordedFacts.platform.majors[0], extensionSchemas: [:]).objects(.table)
            .map(\.name)
        return try await connection.missingPrivileges(SchemaQuery.rights(), SchemaQuery.repairRights(tables, own))
    }
}

extension Connection {
    /// Reads rows of the tables that the question is about, under ACCESS SHARE, in the sandbox of their owner: a
    /// transaction that can write nothing and is rolled back.
    func answer(
        to question: SchemaQuestion, on ground: QuestionGround
    ) async throws(PostgresError) -> [SchemaQuestion.Obstacle] {
        let parameters = question.parameters.map { parameter -> any StatementParameter in
            switch parameter {
            case .text(let text): text
            case .texts(let texts): texts
            case .flag(let flag): flag
            }
        }
        let statement: Statement
        switch question.source {
        case .catalogs, .record: statement = Statement(unsafe: question.shortened, parameters: parameters)
        case .rows:
            if let other = question.relations.first(where: ground.live.cannotBeHeld) {
                return [SchemaQuestion.Obstacle(value: "\(other) is neither a table nor a view", count: 1)]
            }
            // There are no rows of what does not exist, and something else may have the name by the time that it is read.
            guard question.relations.allSatisfy(ground.live.hasRows) else { return [] }
            let owner = ground.live.owners(of: question.relations).first ?? nil
            let sandbox = try spelled(Sandbox(reading: question.inSandbox, as: owner, orNobody: question.isQuoting))
            let held = try ground.statements(holding: question.relations, as: owner)
            statement = Self.records(
                try await read(sandbox, after: held, limits: Self.limits + "; " + Self.scanLimit),
                "value text, count bigint, others bigint")
        }
        return try await rows(statement).map { (row) throws(PostgresError) in
            SchemaQuestion.Obstacle(
                value: try row.decodeIfPresent("value"), count: try row.decode("count"),
                others: try row.decode("others"))
        }
    }
}

extension SchemaQuestion {
    /// The query whose rows a sandbox returns.
    fileprivate var inSandbox: String { "SELECT to_jsonb(a)::text FROM (\(shortened)) AS a" }

    /// Whether it is the question itself that could not be understood, and not a statement of code that it runs.
    fileprivate func isWhatFailed(_ error: PostgresError) -> Bool {
        guard case .rows = source else { return true }
        let (sent, failed) = (inSandbox, error.internalQuery ?? "")
        // Code could run the very question once more, where names mean something else.
        let frames = (error.context ?? "").split(separator: "\n").count {
            $0.hasPrefix("PL/pgSQL") || $0.hasPrefix("SQL function")
        }
        guard frames == 2 else { return false }
        // A field of an error is cut off behind that many bytes.
        return sent.utf8.count <= 16_384
            ? failed == sent
            : failed.utf8.count > 16_384 && failed.utf8.prefix(16_000).elementsEqual(sent.utf8.prefix(16_000))
    }
}

extension Connection {
    /// What a sandbox has read as a list of JSON objects, as rows again: code of nobody's has a part in that.
    ///
    /// - Parameter columns: with their types.
    static func records(_ objects: [String], _ columns: String) -> Statement {
        Statement(
            unsafe: "SELECT a.* FROM unnest($1::text[]) WITH ORDINALITY AS o (text, place) "
                + "CROSS JOIN LATERAL jsonb_to_record(o.text::jsonb) AS a (\(columns)) ORDER BY o.place",
            parameters: [objects])
    }

    /// Whoever rewrites a table delays what reads it by no more.
    static var limits: String { "SET LOCAL lock_timeout = '5s'" }

    /// Time enough to read the largest table, and not for ever: an index of the owner's may call a function that never ends.
    private static var scanLimit: String { "SET LOCAL statement_timeout = '30min'" }
}

extension ServerFailure {
    init(repairing connection: Connection, without missing: [MissingPrivilege]) {
        self.init(
            missing, of: connection.server.user, "repair the schema",
            superuserCure: "do it as a superuser, or let one run")
    }
}
