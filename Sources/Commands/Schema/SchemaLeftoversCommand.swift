import ArgumentParser
import Maintenance
import SchemaDesign
import SchemaManagement
import Settings

struct SchemaLeftoversCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leftovers",
        abstract: "List what a repair has set aside, with the statements that drop it.",
        discussion: """
            A repair drops nothing that holds data: columns that were converted, tables that were replaced and what had a \
            name of the schema stay under other names. This lists them, in an order in which they can be dropped, and \
            changes nothing. It needs no right beyond connecting.

            EXAMPLES
              pgtend schema leftovers --database 'host=/run/postgresql dbname=platform'

            \(ExitStatus.verifyHelp)
            """)

    @OptionGroup var databases: DatabaseSelection

    func run() throws {
        let loaded = databases.loadOrExit()
        Foreground.run {
            let answers = await DatabaseAnswers(of: loaded.configuration.databases) {
                (definition) async throws(ServerFailure) in
                let verifier = SchemaVerifier(
                    conninfo: definition.conninfo, applicationName: "pgtend schema leftovers")
                return VerifiedDatabase(name: definition.name, verification: try await verifier.verify())
            } show: { verified, gap in
                StandardOutput.write(gap + Self.text(verified))
                return .done
            }
            return ExitStatus.mostSevere(answers.statuses)
        }
    }

    private static func text(_ verified: VerifiedDatabase) -> String {
        let leftovers = SchemaLeftover.all(in: verified.verification)
        guard !leftovers.isEmpty else { return "\(verified.name.visible): nothing has been set aside" }
        let lines = leftovers.flatMap {
            ["  \($0.object.description.visible): \($0.purpose.visible)", "    \($0.statement.visible);"]
        }
        return (["\(verified.name.visible): set aside, and dropped by nobody but you"] + lines).joined(separator: "\n")
    }
}
