import ArgumentParser
import Maintenance
import MaintenanceDatabase
import Reporting
import Settings

struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say everything that is wrong with the configuration, each with its place.",
        discussion: """
            With --connect also everything that the role lacks in each database for the work that is in view: roles, \
            grants, lines of pg_hba.conf and pg_ident.conf, each with the statement or the line that adds it. Changes \
            nothing.

            EXAMPLES
              pgtend config check --config ./pgtend.yaml
              pgtend config check --connect --database 'host=/run/postgresql dbname=shop' --schema sales

            \(ExitStatus.help)
            """)

    @OptionGroup var databases: DatabaseOptions

    @Flag(name: .long, help: "Also connect, and check roles and privileges.")
    var connect = false

    func run() throws {
        let loaded = databases.loadOrExit()
        let names = loaded.configuration.databases.map(\.name.visible).joined(separator: ", ")
        StandardOutput.write(
            "configuration of \(names): no problem found in \(loaded.file ?? "the flags and defaults")")
        guard connect else { return }
        Foreground.run {
            let answers = await DatabaseAnswers(of: loaded.configuration.databases) {
                (definition) async throws(ServerFailure) in
                let check = PrivilegeCheck(definition: definition, applicationName: "pgtend config check")
                return (name: definition.name, findings: try await check.findings())
            } show: { answer, _ in
                StandardOutput.write(PrivilegeText(answer.name, answer.findings).rendered)
                return answer.findings.contains { $0.severity == .missing } ? .noPermission : .done
            }
            return ExitStatus.mostSevere(answers.statuses)
        }
    }
}
