import ArgumentParser
import Glibc
import Maintenance
import MaintenanceDatabase
import Reporting
import Settings

struct SchemaApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Apply the migrations that the database has not had, in order, each in one transaction.",
        discussion: """
            What was applied before is compared by checksum first; a database of a newer pgtend is left alone. Whatever \
            interrupts it, the next call goes on behind the last migration.

            EXAMPLES
              pgtend schema apply --plan --database 'host=/run/postgresql dbname=platform'
              pgtend schema apply --database 'host=/run/postgresql dbname=platform'

            \(ExitStatus.help)
            """)

    @OptionGroup var databases: DatabaseOptions

    @Flag(name: .long, help: "Print what would be applied, and change nothing.")
    var plan = false

    func run() throws {
        guard let loaded = databases.load() else { Glibc.exit(ExitStatus.configuration.rawValue) }
        let isPlan = plan
        Foreground.run {
            var statuses: [ExitStatus] = []
            for definition in loaded.configuration.databases {
                let installer = SchemaInstaller(
                    conninfo: definition.conninfo, applicationName: "pgtend schema apply", programVersion: Version.text)
                do throws(ServerFailure) {
                    if isPlan {
                        Self.show(try await installer.plan(), of: definition)
                    } else {
                        try await Self.apply(installer, to: definition)
                    }
                    statuses.append(.done)
                } catch {
                    StandardOutput.complain("\(definition.name.visible): \(error.explained)")
                    statuses.append(ExitStatus(error))
                }
                if Task.isCancelled { break }
            }
            return ExitStatus.gravest(statuses)
        }
    }

    private static func show(_ pending: [PendingMigration], of definition: DatabaseDefinition) {
        let lines = pending.map { "  \($0.label)" }
        let headline = pending.isEmpty ? "up to date" : "\(pending.count) migrations to apply"
        StandardOutput.write((["\(definition.name.visible): \(headline)"] + lines).joined(separator: "\n"))
    }

    private static func apply(_ installer: SchemaInstaller, to definition: DatabaseDefinition)
        async throws(ServerFailure)
    {
        let outcome = try await installer.apply { done in
            StandardOutput.write("applied \(done.migration.label) in \(done.duration.forPeople)")
        }
        let applied = outcome.applied.isEmpty ? "nothing to apply" : "\(outcome.applied.count) migrations applied"
        StandardOutput.write("\(definition.name.visible): \(applied), the schema is at \(outcome.schemaNumber)")
    }
}
