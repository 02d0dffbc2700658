import ArgumentParser
import Maintenance
import SchemaDesign
import SchemaManagement
import Settings

struct SchemaVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare a database with the schema that is part of pgtend, object by object.",
        discussion: """
            Prints what is missing, what is different (both sides), and what nobody expected and is left alone. Reads \
            the catalog from one snapshot, changes nothing, and needs no right beyond connecting.

            EXAMPLES
              pgtend schema verify --database 'host=/run/postgresql dbname=platform'
              pgtend schema verify --json | jq '.databases[].missing'

            \(ExitStatus.verifyHelp)
            """)

    @OptionGroup var databases: DatabaseSelection

    @Flag(name: .long, help: "Print one JSON document for programs.")
    var json = false

    func run() throws {
        let loaded = databases.loadOrExit()
        let isDocument = json
        Foreground.run {
            let answers = await DatabaseAnswers(of: loaded.configuration.databases) {
                (definition) async throws(ServerFailure) in
                let verifier = SchemaVerifier(
                    conninfo: definition.conninfo, applicationName: "pgtend schema verify")
                return VerifiedDatabase(name: definition.name, verification: try await verifier.verify())
            } show: { verified, gap in
                if !isDocument { StandardOutput.write(gap + GapText(verified).rendered) }
                return verified.verification.isWhole ? .done : .failed
            }
            if isDocument { StandardOutput.write(VerificationDocument(answers.found, answers.failures).rendered) }
            return ExitStatus.mostSevere(answers.statuses)
        }
    }
}

/// The comparison of a database, by its name in the configuration, with the schema.
struct VerifiedDatabase {
    let name: String
    let verification: SchemaVerification
}
