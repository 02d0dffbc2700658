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
            isPlan: plan, confirmation: confirm, dropsRows: dropRows)
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
        let confirmation: String?
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
            if let confirmation, confirmation != plan.database {
                return said(text.wrongConfirmation(confirmation), .usage)
            }
            guard confirmation != nil || TerminalPrompt.isInteractive else {
                return said(text.howToConfirm(as: "has to be confirmed by its name"), .usage)
            }
            let refusals = [text.obstacleRefusal, dropsRows ? nil : text.rowsRefusal].compactMap(\.self)
            guard refusals.isEmpty else { return said(refusals.joined(separator: "\n"), .refused) }
            if confirmation == nil {
                StandardOutput.write(text.summary)
                let question = "Type the name of the database to take the schema back:"
                guard TerminalPrompt.ask(question) == plan.database else {
                    return said(text.howToConfirm(as: "not confirmed"), .usage)
                }
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

/// Reads a line from the terminal at standard input.
enum TerminalPrompt {
    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 }

    /// Prints a question and waits for a line. Returns nil at the end of the input, or when the task is cancelled.
    static func ask(_ question: String) -> String? {
        StandardOutput.write(question)
        var line: [UInt8] = []
        while !Task.isCancelled {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            // A signal cancels the task without interrupting poll(2), hence the timeout in milliseconds.
            guard poll(&input, 1, 100) > 0 else { continue }
            var byte: UInt8 = 0
            guard read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }
}
