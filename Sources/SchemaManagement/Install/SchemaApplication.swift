import DatabaseAccess
import EmbeddedSQL
import Maintenance
import SchemaDesign

/// What `pgtend schema apply` does: it installs the schema in an empty database, takes over one that exists, and
/// completes one of an older release. What counts is what the database holds; the records only say who created it.
package struct SchemaApplication: Sendable {
    private let installer: SchemaInstaller
    private let repair: SchemaRepair
    private let verifier: SchemaVerifier
    private let release: SchemaRelease

    /// - Parameters:
    ///   - conninfo: of the database; its role has to be a superuser, or to have the rights that `apply` asks for.
    ///   - locks: how long the application may be made to wait.
    ///   - golangMigrateTable: where golang-migrate records what it has done.
    package init(
        conninfo: String, applicationName: String, programVersion: String, locks: LockBudget,
        golangMigrateTable: GolangMigrateTable = .default, release: SchemaRelease = .platform,
        trusting trusted: [String] = []
    ) {
        var installer = SchemaInstaller(
            conninfo: conninfo, applicationName: applicationName, programVersion: programVersion,
            set: release.set)
        installer.strangers = Strangers(trusted: trusted, set: release.set)
        self.installer = installer
        repair = SchemaRepair(
            conninfo: conninfo, applicationName: applicationName, programVersion: programVersion, locks: locks,
            golangMigrateTable: golangMigrateTable, release: release, trusting: trusted)
        verifier = SchemaVerifier(conninfo: conninfo, applicationName: applicationName, release: release)
        self.release = release
    }

    /// What a database has of the schema, and so what there is to do.
    package enum DatabaseState: Sendable {
        /// Nothing of the schema is there. The migrations create it, unless the server lacks an extension, or the role
        /// a right.
        case empty([Migration], SchemaDiagnosis)
        /// It is what it should be, and no row has to be changed. `isRecorded`: whether that is recorded, too.
        case whole(isRecorded: Bool)
        /// There is something to do or to decide: an older release or another tool has created a part of it.
        case partial(SchemaDiagnosis)
    }

    /// What was done.
    package enum Outcome: Sendable {
        /// The verification is of afterwards: an event trigger, or somebody at the same time, may have left a gap.
        case installed(AppliedMigrations, SchemaVerification)
        /// The schema existed already, and is recorded now.
        case adopted
        case upToDate
        /// An empty database was left empty, since something has to be decided first.
        case refused([SchemaRefusal])
        /// What the database has after it was completed, as far as that was possible.
        case completed(SchemaDiagnosis)
    }

    /// Changes nothing.
    ///
    /// - Throws: for a database of a newer pgtend, one whose migration state is dirty, and one of which nothing says
    ///   who has made it.
    package func databaseState() async throws(ServerFailure) -> DatabaseState {
        let pending = try await installer.plan()
        let diagnosis = try await repair.plan()
        let verification = diagnosis.verification
        if let dirty = diagnosis.records.first(where: \.isDirty) { throw Self.dirty(dirty) }
        if verification.live.holdsNothing {
            guard !pending.isEmpty else { throw Self.vanished }
            return .empty(pending, diagnosis)
        }
        guard verification.gap.isClosed else {
            let isKnown = pending.count < release.set.migrations.count || !diagnosis.records.isEmpty
            guard isKnown else { throw Self.unknownOrigin(verification) }
            return .partial(diagnosis)
        }
        return Self.hasWork(diagnosis) ? .partial(diagnosis) : .whole(isRecorded: pending.isEmpty)
    }

    /// - Parameters:
    ///   - progress: called after each migration.
    ///   - begun: called before an existing schema or its rows are changed.
    ///   - progressed: called now and then while rows get new values.
    ///   - done: called after each step of that.
    /// - Throws: as `databaseState()` does; and what a migration or a step failed with.
    package func apply(
        progress: @Sendable (AppliedMigration) -> Void, begun: @Sendable (SchemaDiagnosis) -> Void,
        progressed: @Sendable (BackfillProgress) -> Void = { _ in },
        done: @Sendable ([SchemaStep], Duration) -> Void
    ) async throws(ServerFailure) -> Outcome {
        switch try await databaseState() {
        case .empty(_, let diagnosis) where !diagnosis.plan.refusals.isEmpty:
            return .refused(diagnosis.plan.refusals)
        case .empty:
            let applied = try await installer.apply(progress: progress)
            return .installed(applied, try await verifier.verify())
        case .whole(isRecorded: true): return .upToDate
        case .whole(isRecorded: false):
            // Somebody may have changed the database since it was looked at, so that there is work after all.
            let diagnosis = try await repair.run(
                begun: { if Self.hasWork($0) { begun($0) } }, progressed: progressed, done: done)
            let isWhole = diagnosis.verification.gap.isClosed && diagnosis.plan.refusals.isEmpty
            return isWhole ? .adopted : .completed(diagnosis)
        case .partial: return .completed(try await repair.run(begun: begun, progressed: progressed, done: done))
        }
    }

    /// Even a schema without a gap may need work: its rows may lack what a trigger would have filled.
    private static func hasWork(_ diagnosis: SchemaDiagnosis) -> Bool {
        !diagnosis.plan.steps.isEmpty || !diagnosis.plan.refusals.isEmpty
    }

    // MARK: - Refusals

    private static func dirty(_ record: GolangMigrateRecord) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message: "migration \(record.version) of golang-migrate has failed here (\(record.table) is dirty), "
                + "and nothing was changed",
            cure: "pgtend schema repair --plan shows what is there and what can be done about it")
    }

    private static let vanished = ServerFailure(
        failureClass: .refused,
        message:
            "\(MigrationSet.platform.historyTable) says that the schema has been applied, and none of it is there; "
            + "nothing was changed",
        cure: "restore it from a backup, with its rows; or, where none are to be restored, pgtend schema repair makes "
            + "it anew")

    private static func unknownOrigin(_ verification: SchemaVerification) -> ServerFailure {
        let tables = verification.live.objects(.table).count
        return ServerFailure(
            failureClass: .refused,
            message: "the schema stands here in part, with \(tables) tables, and neither pgtend nor golang-migrate has "
                + "recorded that it made them; nothing was changed",
            cure: "pgtend schema repair --plan shows what is there and what can be done about it")
    }
}
