import Maintenance

/// The keys of `databases[].views`.
enum ViewKeys {
    static let section = Key<DatabaseDefinition>.section(
        "views",
        Section([
            .value(
                "discover", \.views.discover, .boolean, variable: "PGTEND_VIEWS_DISCOVER",
                "Whether materialized views are looked for in the schemas. Views that are listed are tended anyway."),
            .value(
                "blocking", \.views.blocking, .choice, variable: "PGTEND_VIEWS_BLOCKING",
                "What to do with a populated view that cannot be refreshed concurrently: its readers would wait."),
            .value(
                "statement_timeout", \.views.statementTimeout, .statementTimeout,
                variable: "PGTEND_VIEWS_STATEMENT_TIMEOUT",
                "The time limit of one refresh; it is cancelled on the server."),
            .schedule(\.views.schedule, variable: "PGTEND_VIEWS_EVERY", "When the service refreshes views."),
            .list(
                "list", \.viewDefinitions, defaults: ViewDefinition(view: .placeholder),
                identifiedBy: ElementIdentity(key: "view", noun: "view", of: \.view), view,
                "Views that are named; each key that is missing is as said above."),
        ]),
        "Materialized views.")

    private static let view = Section<ViewDefinition>([
        .value(
            "view", \.view, .relation("materialized view"), isRequired: true,
            "The materialized view. Unique in the list."),
        .value(
            "blocking", \.blocking, ValueFormat<BlockingRefresh>.choice.optional, "As above, for this view alone."),
        .value(
            "statement_timeout", \.statementTimeout, ValueFormat.statementTimeout.optional,
            "As above, for this view alone."),
        .value("enabled", \.enabled, .boolean, "False leaves the view alone, also when it is discovered."),
    ])
}
