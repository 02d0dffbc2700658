import ArgumentParser
import Maintenance
import MaintenanceDatabase
import Settings

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the runs that the ledger has, or show one with its steps.",
        discussion: """
            Reads the ledger of each database, whether the service runs or not, and changes nothing. All times are \
            UTC, the latest first.

            EXAMPLES
              pgtend history --database shop
              pgtend history --since 2h --task views
              pgtend history --run "$PGTEND_RUN_ID" --json

            EXIT CODES
                0  the runs were listed, also where there is none or no ledger
                2  no database has the run that --run names
               69  a database could not be reached or worked with
               77  the role, its password or a privilege was refused
               78  the configuration is not right
            """)

    @OptionGroup var databases: DatabaseOptions

    @Option(name: .long, help: ArgumentHelp("At most so many runs of each database.", valueName: "number"))
    var limit = 20

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Runs that began since then: 90min, 12h, 7d, or 2026-11-23 03:00 in UTC.", valueName: "when"))
    var since: Since?

    @Option(
        name: .long,
        help: ArgumentHelp("Runs of one kind of task.", discussion: "Repeatable.", valueName: "task"))
    var task: [TaskKind] = []

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "One run with its steps, by the id that every report of it has.", valueName: "id"))
    var runID: String?

    @Flag(name: .long, help: "Print one JSON document for programs.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 100000") }
        if runID != nil, since != nil || !task.isEmpty {
            throw ValidationError("--run shows one run: it goes with neither --since nor --task")
        }
    }

    func run() throws {
        let loaded = databases.loadOrExit()
        let (question, isDocument) = (HistoryReader.Question(self), json)
        Foreground.run {
            let answers = await DatabaseAnswers(of: loaded.configuration.databases) {
                (definition) async throws(ServerFailure) in
                try await HistoryReader(definition).history(question)
            } show: { _, _ in
                .done
            }
            var (found, statuses) = (answers.found, answers.statuses)
            // If some database has the run that was asked for, the others are left out.
            if question.isOneRun, found.contains(where: \.hasRuns) { found.removeAll { !$0.hasRuns } }
            if question.isOneRun, !found.contains(where: \.hasRuns) { statuses.append(.refused) }
            if isDocument {
                StandardOutput.write(HistoryDocument(found, answers.failures).rendered)
            } else if !found.isEmpty {
                StandardOutput.write(found.map { HistoryText($0).rendered }.joined(separator: "\n\n"))
            }
            return ExitStatus.mostSevere(statuses)
        }
    }
}

extension HistoryReader.Question {
    fileprivate init(_ command: HistoryCommand) {
        if let runID = command.runID {
            self = .run(runID)
        } else {
            self = .runs(tasks: command.task.isEmpty ? nil : command.task, since: command.since, limit: command.limit)
        }
    }
}
