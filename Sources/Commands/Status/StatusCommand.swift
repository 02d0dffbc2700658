import ArgumentParser
import Maintenance
import Reporting
import Settings

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how it stands: runway, freshness, last and next run of each task, and what fails since when.",
        discussion: """
            Reads the catalog and the ledger of each database, whether the service runs or not, and changes nothing. \
            Without a ledger it says so, and shows what the catalog tells. All times are UTC.

            EXAMPLES
              pgtend status
              pgtend status --database shop
              pgtend status --json | jq '.databases[] | select(.is_well | not)'

            EXIT CODES
                0  all is well
                1  something needs somebody: a task fails, a table runs out of
                   partitions, or a slot is due and no service has begun it
               69  a database could not be reached or worked with
               77  the role, its password or a privilege was refused
               78  the configuration is not right
            """)

    @OptionGroup var databases: DatabaseOptions

    @Flag(name: .long, help: "Print one JSON document for programs.")
    var json = false

    func run() throws {
        let loaded = databases.loadOrExit()
        let isDocument = json
        Foreground.run {
            let answers = await DatabaseAnswers(of: loaded.configuration.databases) {
                (definition) async throws(ServerFailure) in
                try await StatusReader(definition).status()
            } show: { status, gap in
                if !isDocument { StandardOutput.write(gap + StatusText(status).rendered) }
                return status.status
            }
            if isDocument { StandardOutput.write(StatusDocument(answers.found, answers.failures).rendered) }
            return ExitStatus.mostSevere(answers.statuses)
        }
    }
}
