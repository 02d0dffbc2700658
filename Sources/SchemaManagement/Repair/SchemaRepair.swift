import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// Brings a database that has the schema in part, with rows in it, to what the schema should be, and clears the dirty
/// flag of golang-migrate once it is.
///
/// A call may be interrupted anywhere: the next one plans from the catalog, and needs nothing that the former one knew.
package struct SchemaRepair: Sendable {
    private let conninfo: String
    private let applicationName: String
    private let programVersion: String
    private let choices: RepairChoices
    private let locks: LockBudget
    private let golangMigrateTable: GolangMigrateTable
    private let takesOverMigrations: Bool
    private let release: SchemaRelease
    private let strangers: Strangers

    /// - Parameters:
    ///   - conninfo: of the database; its role has to be a superuser, or to have the rights that a plan asks for.
    ///   - locks: how long the application may be made to wait.
    ///   - golangMigrateTable: where golang-migrate records what it has done.
    ///   - takesOverMigrations: whether a number of another folder of migrations becomes that of this schema.
    package init(
        conninfo: String, applicationName: String, programVersion: String, choices: RepairChoices = RepairChoices(),
        locks: LockBudget, golangMigrateTable: GolangMigrateTable = .default, takesOverMigrations: Bool = false,
        release: SchemaRelease = .platform, trusting trusted: [String] = []
    ) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.programVersion = programVersion
        self.takesOverMigrations = takesOverMigrations
        self.choices = choices
        self.locks = locks
        self.golangMigrateTable = golangMigrateTable
        self.release = release
        strangers = Strangers(trusted: trusted, set: release.set)
    }

    /// What the database has and what would be done. Changes nothing; reads rows to count obstacles, in a sandbox, which
    /// takes the primary.
    package func plan() async throws(ServerFailure) -> SchemaDiagnosis {
        try await Connection.forSchema(conninfo, applicationName) { (connection) async throws(ServerFailure) in
            try await connection.requirePrimary()
            try await refuseNewer(connection)
            return try await read(connection)
        }
    }

    /// Executes the plan, and plans again, until nothing is left: some steps show only when others are done.
    ///
    /// Locks: an advisory one against a second installer, and those of each step.
    ///
    /// - Parameters:
    ///   - begun: called with the first diagnosis, before anything is changed.
    ///   - progressed: called now and then while rows get new values.
    ///   - done: called after each step, or group of steps.
    /// - Returns: what the database has afterwards.
    /// - Throws: what a step failed with. The steps before it are kept, and the next call goes on.
    package func run(
        begun: @Sendable (SchemaDiagnosis) -> Void,
        progressed: @Sendable (BackfillProgress) -> Void = { _ in },
        done: @Sendable ([SchemaStep], Duration) -> Void
    ) async throws(ServerFailure) -> SchemaDiagnosis {
        try await Connection.forSchema(conninfo, applicationName, holding: set) {
            (connection, keeper) async throws(ServerFailure) in
            try await connection.requirePrimary()
            try await refuseNewer(connection)
            var diagnosis = try await read(connection)
            begun(diagnosis)
            guard diagnosis.missingPrivileges.isEmpty || !diagnosis.plan.refusals.isEmpty else {
                throw ServerFailure(repairing: connection, without: diagnosis.missingPrivileges)
            }
            let checks = UnvalidatedChecks(
                connection: connection, release: release, locks: locks, programVersion: programVersion, keeper: keeper)
            for round in 1...Self.rounds {
                guard diagnosis.plan.refusals.isEmpty, !diagnosis.plan.steps.isEmpty else { break }
                var isOvertaken = false
                do throws(ServerFailure) {
                    try await execute(diagnosis, connection, keeper, progressed, done)
                } catch {
                    isOvertaken = Self.isOvertaken(error)
                    try await checks.withdraw(after: error, in: diagnosis.plan)
                    guard isOvertaken, round < Self.rounds else { throw error }
                }
                let former = diagnosis
                diagnosis = try await read(connection, isUnderWay: true)
                let isStuck =
                    diagnosis.verification.gap == former.verification.gap && diagnosis.plan.steps == former.plan.steps
                if isStuck, !isOvertaken { break }
            }
            if !diagnosis.plan.refusals.isEmpty {
                if try await checks.withdrawAll() { diagnosis = try await read(connection, isUnderWay: true) }
            } else if diagnosis.verification.gap.isClosed, diagnosis.plan.steps.isEmpty {
                try await settle(connection, keeper, diagnosis.records)
                diagnosis = try await read(connection, isUnderWay: true)
                if let record = diagnosis.records.first(where: isUnsettled) {
                    throw .notSet(record, to: settledVersion(of: record))
                }
            }
            return diagnosis
        }
    }

    private static let rounds = 8

    /// Whether rows that were written after the backfill break the constraint that is being validated. It keeps out
    /// further ones, and the next round fills these or counts them.
    private static func isOvertaken(_ failure: ServerFailure) -> Bool {
        let states: [SQLState] = [.checkViolation, .notNullViolation, .foreignKeyViolation]
        return (failure.sqlState.map(states.contains) ?? false)
    }

    // MARK: - Reading

    /// In a database of a newer program, what looks like a gap would be that program's work.
    private func refuseNewer(_ connection: Connection) async throws(ServerFailure) {
        _ = try await migrations(connection).pending()
    }

    private func read(
        _ connection: Connection, isUnderWay: Bool = false
    ) async throws(ServerFailure) -> SchemaDiagnosis {
        var diagnosis = try await SchemaDiagnosisReader(
            connection: connection, choices: choices, locks: locks, golangMigrateTable: golangMigrateTable,
            strangers: strangers, release: release, isUnderWay: isUnderWay
        ).read()
        diagnosis.takesOverMigrations = takesOverMigrations
        return diagnosis
    }

    private var set: MigrationSet { release.set }

    private func migrations(_ connection: Connection) -> MigrationRunner {
        MigrationRunner(connection: connection, set: set, programVersion: programVersion)
    }

    // MARK: - Doing

    private func execute(
        _ diagnosis: SchemaDiagnosis, _ connection: Connection, _ keeper: MigrationKeeper,
        _ progressed: (BackfillProgress) -> Void, _ done: ([SchemaStep], Duration) -> Void
    ) async throws(ServerFailure) {
        var runner = SchemaStepRunner(
            connection: connection, schema: release.schema, set: release.set, pin: diagnosis.pin(of: release.schema),
            locks: locks, programVersion: programVersion, keeper: keeper)
        runner.owner = release.newest.owner
        do throws(PostgresError) {
            try await runner.prepare()
        } catch {
            throw ServerFailure(error)
        }
        // What is behind the database is recorded before what follows.
        if let next = diagnosis.plan.steps.first?.migration {
            try await migrations(connection).adopt(through: next.number - 1)
        }
        for group in Self.groups(diagnosis.plan.steps) {
            let start = ContinuousClock.now
            do throws(PostgresError) {
                try await runner.execute(group, progressed: progressed)
            } catch {
                throw ServerFailure(error, in: group, runner.blockers)
            }
            done(group, start.duration(to: .now))
            // It has been made, and which one it is shows only when it is looked at once more.
            guard diagnosis.identity.oid != nil else { break }
        }
    }

    /// Neighbouring steps that are run `together` and as the same role are one transaction.
    static func groups(_ steps: [SchemaStep]) -> [[SchemaStep]] {
        steps.reduce(into: []) { groups, step in
            if let former = groups.last?.first, step.execution == .together, former.execution == .together,
                step.role.isSame(as: former.role)
            {
                groups[groups.count - 1].append(step)
            } else {
                groups.append([step])
            }
        }
    }

    private func isUnsettled(_ record: GolangMigrateRecord) -> Bool {
        record.isDirty || record.version != settledVersion(of: record)
    }

    /// A number of the platform's own folder stays, unless that folder has been replaced by this schema's.
    private func settledVersion(of record: GolangMigrateRecord) -> Int {
        record.isOfAnotherFolder(than: set) && !takesOverMigrations ? record.version : set.migrations.count
    }

    /// Records the schema as applied, for pgtend, and as clean for golang-migrate. Only for a database that has just been
    /// verified.
    private func settle(
        _ connection: Connection, _ keeper: MigrationKeeper, _ records: [GolangMigrateRecord]
    ) async throws(ServerFailure) {
        do throws(PostgresError) {
            try await keeper.requireLock()
        } catch {
            throw ServerFailure(error)
        }
        try await migrations(connection).adopt()
        do throws(PostgresError) {
            for record in records where isUnsettled(record) {
                let version = settledVersion(of: record)
                // First the number that nothing else remembers: a call that is interrupted here repeats both.
                if version != record.version {
                    let steps = SchemaStepRecord(connection: connection, set: set, programVersion: programVersion)
                    try await steps.prepare()
                    try await steps.enter(record, becoming: version)
                }
                try await connection.set(record, to: version)
            }
        } catch {
            throw ServerFailure(error)
        }
    }
}
