import CivilTime
import SQLText

/// What holds for every corpus of a database.
package struct StatisticsDefaults: Hashable, Sendable {
    /// Whether corpora are looked for in the watched schemas.
    package var discover: Bool
    /// The time limit of one tenant's update; it is cancelled on the server.
    package var statementTimeout: Duration
    package var schedule: TaskSchedule

    package init(
        discover: Bool = true, statementTimeout: Duration = .seconds(3600),
        schedule: TaskSchedule = TaskSchedule(.every(.seconds(900)))
    ) {
        self.discover = discover
        self.statementTimeout = statementTimeout
        self.schedule = schedule
    }
}

/// A corpus: where the documents are, and where a tenant's statistics are kept. The figures themselves are
/// defined in SQL, once; here are only names.
package struct CorpusDefinition: Hashable, Sendable {
    /// The table of documents.
    package var source: RelationName
    package var sourceColumns: SourceColumns
    /// The table with one row a tenant (unique on its tenant column).
    package var target: RelationName
    package var targetColumns: TargetColumns
    /// The keyed table of (tenant, term, documents); without one every term goes into the target's column.
    package var terms: TermTable?
    /// A function of one argument, the tenant, that updates its figures. `nil` runs pgtend's own statement.
    package var function: RelationName?

    package init(
        source: RelationName, sourceColumns: SourceColumns = SourceColumns(), target: RelationName,
        targetColumns: TargetColumns = TargetColumns(), terms: TermTable? = nil, function: RelationName? = nil
    ) {
        self.source = source
        self.sourceColumns = sourceColumns
        self.target = target
        self.targetColumns = targetColumns
        self.terms = terms
        self.function = function
    }

    package struct SourceColumns: Hashable, Sendable {
        package var tenant: String
        package var tsvector: String

        package init(tenant: String = "tenant_id", tsvector: String = "content_tsvector") {
            self.tenant = tenant
            self.tsvector = tsvector
        }
    }

    package struct TargetColumns: Hashable, Sendable {
        package var tenant: String
        package var documents: String
        package var average: String
        package var frequencies: String
        package var updated: String

        package init(
            tenant: String = "tenant_id", documents: String = "total_documents",
            average: String = "avg_document_length", frequencies: String = "term_document_frequencies",
            updated: String = "last_updated"
        ) {
            self.tenant = tenant
            self.documents = documents
            self.average = average
            self.frequencies = frequencies
            self.updated = updated
        }
    }

    package struct TermTable: Hashable, Sendable {
        package var table: RelationName
        package var tenant: String
        package var term: String
        package var documents: String

        package init(
            table: RelationName, tenant: String = "tenant_id", term: String = "term",
            documents: String = "document_count"
        ) {
            self.table = table
            self.tenant = tenant
            self.term = term
            self.documents = documents
        }
    }

    /// What a watched schema is searched for. The names are those of the schema that pgtend was made for; a
    /// schema that has the function and both tables is tended without a word of configuration.
    package static func conventional(in schema: String) -> CorpusDefinition {
        CorpusDefinition(
            source: RelationName(schema: schema, name: "embeddings"),
            target: RelationName(schema: schema, name: "embedding_statistics"),
            function: RelationName(schema: schema, name: "update_embedding_statistics"))
    }
}
