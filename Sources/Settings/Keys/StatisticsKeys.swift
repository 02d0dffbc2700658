import Maintenance

/// The keys of `databases[].statistics`.
enum StatisticsKeys {
    static let section = Key<DatabaseDefinition>.section(
        "statistics",
        Section([
            .value(
                "discover", \.statistics.discover, .boolean, variable: "PGTEND_STATISTICS_DISCOVER",
                """
                Whether the tables and the function of the usual names are looked for in the schemas, when `corpora` \
                is missing.
                """),
            .value(
                "statement_timeout", \.statistics.statementTimeout, .statementTimeout,
                variable: "PGTEND_STATISTICS_STATEMENT_TIMEOUT",
                "The time limit of one tenant's update; it is cancelled on the server."),
            .schedule(
                \.statistics.schedule, variable: "PGTEND_STATISTICS_EVERY", "When the service updates statistics."),
            .optionalList(
                "corpora", \.corpora, defaults: CorpusDefinition(source: .placeholder, target: .placeholder),
                identifiedBy: ElementIdentity(key: "target.table", noun: "target table", of: \.target), corpus,
                "The corpora. An empty list means none at all."),
        ]),
        "Corpus statistics for full-text ranking.")

    private static let corpus = Section<CorpusDefinition>([
        .section("source", isRequired: true, source, "Where the documents are."),
        .section("target", isRequired: true, target, "Where the figures are kept, one row a tenant."),
        .optionalSection(
            "terms", \.terms, defaults: CorpusDefinition.TermTable(table: .placeholder), terms,
            "A table of (tenant, term, documents). Without it every term goes into the target's column."),
        .value(
            "function", \.function, ValueFormat.relation("function").optional,
            "A function of one argument, the tenant, that updates its figures. Without it pgtend's own statement."),
    ])

    private static let source = Section<CorpusDefinition>([
        .value("table", \.source, .relation("table"), isRequired: true, "The table of documents."),
        .value("tenant", \.sourceColumns.tenant, .name(of: "column"), "The column with the tenant."),
        .value("tsvector", \.sourceColumns.tsvector, .name(of: "column"), "The column with the document's tsvector."),
    ])

    private static let target = Section<CorpusDefinition>([
        .value(
            "table", \.target, .relation("table"), isRequired: true,
            "The table of figures, unique on its tenant column. No two corpora share one."),
        .value("tenant", \.targetColumns.tenant, .name(of: "column"), "The column with the tenant."),
        .value("documents", \.targetColumns.documents, .name(of: "column"), "The number of documents."),
        .value("average", \.targetColumns.average, .name(of: "column"), "Their average length."),
        .value(
            "frequencies", \.targetColumns.frequencies, .name(of: "column"), "The document frequencies, as jsonb."),
        .value("updated", \.targetColumns.updated, .name(of: "column"), "When the figures were counted."),
    ])

    private static let terms = Section<CorpusDefinition.TermTable>([
        .value("table", \.table, .relation("table"), isRequired: true, "The table of terms."),
        .value("tenant", \.tenant, .name(of: "column"), "The column with the tenant."),
        .value("term", \.term, .name(of: "column"), "The column with the lexeme."),
        .value("documents", \.documents, .name(of: "column"), "The number of the tenant's documents with the term."),
    ])
}
