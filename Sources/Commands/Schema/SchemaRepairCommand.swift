import ArgumentParser
import Maintenance
import MaintenanceDatabase
import Reporting
import Settings

struct SchemaRepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Bring a database that has the schema in part to the whole, and out of a dirty migration state.",
        discussion: """
            Compares the database with the schema, counts in its rows what stands in the way, and does what is missing: \
            no row is lost, nothing is dropped that holds data, and who reads or writes meanwhile waits for no longer \
            than the lock limit of the configuration. Whatever interrupts it, the next call goes on. golang-migrate's \
            dirty flag is cleared only when the database has verified.

            Where only a person can decide, nothing at all is changed, and the reasons are printed with their counts.

            EXAMPLES
              pgtend schema repair --plan --database 'host=/run/postgresql dbname=platform'
              pgtend schema repair --map legacy=service --database 'host=/run/postgresql dbname=platform'
              pgtend schema repair --map tasks.status:done=completed --map tasks.status:new=pending

            EXIT CODES
                0  the database is what it should be (with --plan: it is, or can be brought there)
                1  a step failed, or something is left that this command cannot do; what was done stays
                2  refused: only a person can decide; nothing was changed
               69  a database could not be reached or worked with
               77  the role, its password or a privilege was refused
               78  the configuration is not right
            """)

    @OptionGroup var databases: DatabaseOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What an old value is called by now; TABLE.COLUMN: before it for one column only.",
            valueName: "old=new"))
    var map: [String] = []

    @OptionGroup var records: MigrationsTableOption

    @Flag(name: .long, help: "Print what would be done, with SQL and locks, and change nothing.")
    var plan = false

    func validate() throws {
        for text in map where ValueMapping(text) == nil {
            throw ValidationError("--map \(text): expected OLD=NEW or TABLE.COLUMN:OLD=NEW")
        }
    }

    func run() throws {
        let loaded = databases.load()
        let (isPlan, recordTable) = (plan, records.table)
        let mappings = map.compactMap { ValueMapping($0) }
        Foreground.run {
            let answers = await DatabaseAnswers(of: loaded.configuration.databases) {
                (definition) async throws(ServerFailure) in
                let repair = SchemaRepair(
                    conninfo: definition.conninfo, applicationName: "pgtend schema repair",
                    programVersion: Version.text, mappings: mappings, locks: definition.locks,
                    recordTable: recordTable)
                let name = definition.name
                if isPlan {
                    let diagnosis = try await repair.plan()
                    StandardOutput.write(SchemaPlanText(name, diagnosis).rendered)
                    return diagnosis
                }
                return try await repair.run { diagnosis in
                    StandardOutput.write(SchemaPlanText(name, diagnosis).summary)
                } done: { steps, duration in
                    StandardOutput.write(SchemaPlanText.line(steps, duration))
                }
            } show: { diagnosis, _ in
                if isPlan { return diagnosis.plan.refusals.isEmpty ? .done : .refused }
                StandardOutput.write(SchemaPlanText.outcome(diagnosis))
                return SchemaPlanText.status(diagnosis)
            }
            return ExitStatus.gravest(answers.statuses)
        }
    }
}
