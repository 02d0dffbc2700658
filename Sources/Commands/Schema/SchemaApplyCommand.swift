import ArgumentParser
import Maintenance
import Reporting
import SchemaDesign
import SchemaManagement
import Settings

struct SchemaApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Install the schema in an empty database, or bring an older one up to date.",
        discussion: """
            An empty database gets each migration in one transaction. One that has the schema already, whoever made it, is \
            taken over when it verifies; an older one is completed step by step, rows that lack a derived value are \
            filled, and who reads or writes meanwhile waits for no longer than the lock limit of the configuration. A \
            database of a newer pgtend is left alone, and so is one whose migration state is dirty, which is for \
            'pgtend schema repair'. Whatever interrupts it, the next call goes on.

            \(ChangedDatabases.help)

            EXAMPLES
              pgtend schema apply --plan --database 'host=/run/postgresql dbname=platform'
              pgtend schema apply --database 'host=/run/postgresql dbname=platform'

            \(ExitStatus.schemaHelp)
            """)

    @OptionGroup var databases: ChangedDatabases

    @OptionGroup var records: MigrationsTableOption

    @OptionGroup var trust: TrustOption

    @Flag(name: .long, help: "Print what would be done, with SQL and locks, and change nothing.")
    var plan = false

    func run() throws {
        let loaded = databases.loadOrExit(for: "apply", changing: !plan)
        let confirmation = plan ? nil : databases.confirmation
        let trusted = trust.trust
        let (isPlan, golangMigrateTable) = (plan, records.table)
        Foreground.run {
            let answers = await DatabaseAnswers(of: loaded.configuration.databases) {
                (definition) async throws(ServerFailure) in
                let refused = try await confirmation?.refuse(
                    definition, for: "pgtend schema apply", to: "apply the schema to it")
                if let refused { return refused }
                let application = SchemaApplication(
                    conninfo: definition.conninfo, applicationName: "pgtend schema apply",
                    programVersion: Version.text, locks: definition.locks, golangMigrateTable: golangMigrateTable,
                    release: .platform(recordedBy: definition.ledger.owner),
                    trusting: trusted)
                return isPlan
                    ? Self.show(try await application.databaseState(), of: definition.name)
                    : try await Self.apply(application, to: definition.name)
            } show: { status, _ in
                status
            }
            return ExitStatus.mostSevere(answers.statuses)
        }
    }

    private static func show(_ situation: SchemaApplication.DatabaseState, of name: String) -> ExitStatus {
        switch situation {
        case .empty(_, let diagnosis) where !diagnosis.plan.refusals.isEmpty:
            return refused(diagnosis.plan.refusals, of: name)
        case .empty(let pending, let diagnosis):
            let files = pending.count == 1 ? "1 migration" : "\(pending.count) migrations"
            let head = "\(name.visible): empty; \(files) to apply, each in one transaction on new objects alone"
            let lines = [head] + SchemaPlanText.missingPrivileges(diagnosis.missingPrivileges)
            StandardOutput.write(lines.joined(separator: "\n"))
            for migration in pending { StandardOutput.write("-- \(migration.label)\n\(migration.text)") }
            return SchemaPlanText.status(ofPlan: diagnosis)
        case .whole(let isRecorded):
            StandardOutput.write(
                "\(name.visible): the schema is what it should be" + (isRecorded ? "" : ", and would be recorded"))
            return .done
        case .partial(let diagnosis):
            StandardOutput.write(SchemaPlanText(name, diagnosis).rendered)
            return SchemaPlanText.status(ofPlan: diagnosis)
        }
    }

    private static func refused(_ refusals: [SchemaRefusal], of name: String) -> ExitStatus {
        StandardOutput.write((["\(name.visible): empty"] + SchemaPlanText.refusals(refusals)).joined(separator: "\n"))
        return .refused
    }

    private static func apply(
        _ application: SchemaApplication, to name: String
    ) async throws(ServerFailure) -> ExitStatus {
        let text = SchemaProgressPrinter(name)
        let outcome = try await application.apply(
            progress: { done in
                StandardOutput.write(
                    "\(name.visible): applied \(done.migration.label) in \(done.duration.humanReadable)")
            }, begun: text.begun, progressed: text.progressed, done: text.done)
        switch outcome {
        case .installed(_, let verification) where !verification.isWhole:
            let left = GapText(VerifiedDatabase(name: "\(name), afterwards", verification: verification))
            let cure = "pgtend schema repair --plan shows what can be done about it"
            StandardOutput.write("\(left.rendered)\n\n\(cure)")
            return .failed
        case .installed(let applied, _):
            StandardOutput.write("\(name.visible): the schema is at \(applied.schemaVersion)")
        case .adopted: StandardOutput.write("\(name.visible): the schema stood already, and is recorded now")
        case .upToDate: StandardOutput.write("\(name.visible): nothing to apply")
        case .refused(let refusals): return refused(refusals, of: name)
        case .completed(let diagnosis): return text.ended(diagnosis)
        }
        return .done
    }
}
