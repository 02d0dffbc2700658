import Maintenance

/// The keys of `databases[].ledger`.
enum LedgerKeys {
    static let section = Key<DatabaseDefinition>.section(
        "ledger",
        Section([
            .value(
                "enabled", \.ledger.enabled, .boolean, variable: "PGTEND_LEDGER_ENABLED",
                """
                False keeps the record of runs in the journal alone; several services then do the same work several \
                times, and a restart does not know what was done.
                """),
            .value(
                "keep", \.ledger.keep,
                .duration(.seconds(86_400) ... .seconds(3650 * 86_400), because: "a restart asks it what was done"),
                "Runs and slots that are older are deleted."),
            .value(
                "keep_runs", \.ledger.keepRuns,
                .integer(100...1_000_000, because: "a run is a row, and one for each of its steps"),
                "At most that many runs are kept, whatever their age."),
            .value(
                "owner", \.ledger.owner, ValueFormat.name(of: "role").optional,
                """
                The role that owns the schema pgtend_ledger, or pgtend, the record of the schema's commands, where that is \
                neither the role that pgtend connects as nor a superuser. It is trusted with all that pgtend may do.
                """),
        ]),
        "What the service remembers of its runs, in the database itself.")
}
