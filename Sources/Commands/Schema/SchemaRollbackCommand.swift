import ArgumentParser
import Glibc
import Maintenance
import Reporting
import SchemaManagement
import Settings

struct SchemaRollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Take the schema back out of a database: as a whole, or not at all.",
        discussion: """
            Drops everything that the migrations have made, in one transaction. It has to be confirmed by the \
            database's own name, typed at the terminal or given with --confirm, and rows are dropped with --drop-rows \
            only. Roles and extensions go where the migration made them and nobody else needs them; the others stay, \
            and are named. Where somebody else's object depends on the schema, or stands in it, it is named, and \
            nothing is changed.

            EXAMPLES
              pgtend schema rollback --plan --database 'host=/run/postgresql dbname=shop'
              pgtend schema rollback --database 'host=/run/postgresql dbname=shop'
              pgtend schema rollback --confirm shop --drop-rows --database dbname=shop

            \(ExitStatus.rollbackHelp)
            """)

    @OptionGroup var databases: DatabaseSelection

    @OptionGroup var trust: TrustOption

    @Flag(name: .long, help: "Print what would be dropped, with the rows and the SQL, and change nothing.")
    var plan = false

    @Option(
        name: .long,
        help: ArgumentHelp("Confirm without being asked: the database's own name.", valueName: "name"))
    var confirm: String?

    @Flag(name: .long, help: "Drop rows as well.")
    var dropRows = false

    func run() throws {
        let loaded = databases.loadOrExit()
        let trusted = trust.trust
        guard let definition = loaded.configuration.databases.first, loaded.configuration.databases.count == 1 else {
            StandardError.write(
                "rollback works on one database at a time, and \(loaded.configuration.databases.count) are configured\n"
                    + "  what to do: name it with --database")
            Glibc.exit(ExitStatus.usage.rawValue)
        }
        let work = Work(
            rollback: SchemaRollback(
                conninfo: definition.conninfo, applicationName: "pgtend schema rollback",
                release: .platform(recordedBy: definition.ledger.owner),
                trusting: trusted),
            isPlan: plan, confirmation: Confirmation(given: confirm), dropsRows: dropRows)
        Foreground.run {
            do throws(ServerFailure) {
                return try await work.run()
            } catch {
                StandardError.write("\(definition.name.visible): \(error.explained)")
                return ExitStatus(error)
            }
        }
    }

    private struct Work: Sendable {
        let rollback: SchemaRollback
        let isPlan: Bool
        let confirmation: Confirmation
        let dropsRows: Bool

        func run() async throws(ServerFailure) -> ExitStatus {
            let plan = try await rollback.plan()
            let text = SchemaRollbackText(plan)
            if isPlan {
                StandardOutput.write(plan.migrations.isEmpty ? text.summary : text.withSQL)
                let isUnknown = plan.migrations.isEmpty && plan.objects > 0
                if isUnknown || text.obstacleRefusal != nil { return .refused }
                return plan.missingPrivileges.isEmpty ? .done : .noPermission
            }
            guard !plan.migrations.isEmpty else {
                guard plan.objects == 0 else { return said(text.withoutRecord, .refused) }
                StandardOutput.write(text.summary)
                return .done
            }
            if let obstacle = confirmation.obstacle(plan.database) { return said(obstacle, .usage) }
            let refusals = [text.obstacleRefusal, dropsRows ? nil : text.rowsRefusal].compactMap(\.self)
            guard refusals.isEmpty else { return said(refusals.joined(separator: "\n"), .refused) }
            if confirmation.given == nil { StandardOutput.write(text.summary) }
            if let refusal = confirmation.refusal(plan.database, to: "take the schema back") {
                return said(refusal, .usage)
            }
            let start = ContinuousClock.now
            let outcome: SchemaRollbackOutcome
            do throws(ServerFailure) {
                outcome = try await rollback.run(on: plan.database, dropsRows: dropsRows)
            } catch {
                // An obstacle that appeared after the plan is reported like one that the plan has found.
                guard error.isRollbackRefusal else { throw error }
                return said("\(plan.database.visible): \(error.explained)", .refused)
            }
            StandardOutput.write(
                SchemaRollbackText.outcome(outcome, of: plan.database, in: start.duration(to: .now)))
            return .done
        }

        private func said(_ text: String, _ status: ExitStatus) -> ExitStatus {
            StandardError.write(text)
            return status
        }
    }
}
