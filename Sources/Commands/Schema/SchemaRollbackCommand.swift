import ArgumentParser
import Glibc
import Maintenance
import MaintenanceDatabase
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

    @Flag(name: .long, help: "Print what would be dropped, with the rows and the SQL, and change nothing.")
    var plan = false

    @Option(
        name: .long,
        help: ArgumentHelp("Confirm without being asked: the database's own name.", valueName: "name"))
    var confirm: String?

    @Flag(name: .long, help: "Drop rows as well.")
    var dropRows = false

    func run() throws {
        let loaded = databases.load()
        guard let definition = loaded.configuration.databases.first, loaded.configuration.databases.count == 1 else {
            StandardOutput.complain(
                "rollback works on one database at a time, and \(loaded.configuration.databases.count) are configured\n"
                    + "  what to do: name it with --database")
            Glibc.exit(ExitStatus.usage.rawValue)
        }
        let work = Work(
            rollback: SchemaRollback(conninfo: definition.conninfo, applicationName: "pgtend schema rollback"),
            isPlan: plan, confirmation: confirm, dropsRows: dropRows)
        Foreground.run {
            do throws(ServerFailure) {
                return try await work.run()
            } catch {
                StandardOutput.complain("\(definition.name.visible): \(error.explained)")
                return ExitStatus(error)
            }
        }
    }

    private struct Work: Sendable {
        let rollback: SchemaRollback
        let isPlan: Bool
        let confirmation: String?
        let dropsRows: Bool

        func run() async throws(ServerFailure) -> ExitStatus {
            let plan = try await rollback.plan()
            let text = SchemaRollbackText(plan)
            if isPlan {
                StandardOutput.write(plan.migrations.isEmpty ? text.summary : text.withSQL)
                let isUnknown = plan.migrations.isEmpty && plan.objects > 0
                if isUnknown || text.obstruction != nil { return .refused }
                return plan.missingRights.isEmpty ? .done : .noPermission
            }
            guard !plan.migrations.isEmpty else {
                guard plan.objects == 0 else { return said(text.withoutRecord, .refused) }
                StandardOutput.write(text.summary)
                return .done
            }
            if let confirmation, confirmation != plan.database {
                return said(text.mistaken(confirmation), .usage)
            }
            guard confirmation != nil || TerminalQuestion.isPossible else {
                return said(text.howToConfirm(as: "has to be confirmed by its name"), .usage)
            }
            let refusals = [text.obstruction, dropsRows ? nil : text.refusal].compactMap(\.self)
            guard refusals.isEmpty else { return said(refusals.joined(separator: "\n"), .refused) }
            if confirmation == nil {
                StandardOutput.write(text.summary)
                let question = "Type the name of the database to take the schema back:"
                guard TerminalQuestion.ask(question) == plan.database else {
                    return said(text.howToConfirm(as: "not confirmed"), .usage)
                }
            }
            let start = ContinuousClock.now
            let outcome: SchemaRollbackOutcome
            do throws(ServerFailure) {
                outcome = try await rollback.run(on: plan.database, dropsRows: dropsRows)
            } catch {
                // What came between the plan and the locks is refused like what the plan has seen.
                guard error.isRollbackRefusal else { throw error }
                return said("\(plan.database.visible): \(error.explained)", .refused)
            }
            StandardOutput.write(
                SchemaRollbackText.outcome(outcome, of: plan.database, in: start.duration(to: .now)))
            return .done
        }

        private func said(_ text: String, _ status: ExitStatus) -> ExitStatus {
            StandardOutput.complain(text)
            return status
        }
    }
}
