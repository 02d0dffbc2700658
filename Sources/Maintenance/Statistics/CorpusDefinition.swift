import CivilTime
import SQLText

/// The settings for all corpora of a database.
package struct StatisticsDefaults: Hashable, Sendable {
    /// Whether corpora are discovered in the watched schemas.
    package var discover: Bool
    /// The time limit for the update of one tenant (`statement_timeout`).
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

extension TaskTraits {
    static let statistics = TaskTraits(
        lockNumber: 3, section: "statistics", isLong: true, schedule: \.statistics.schedule,
        discovers: { $0.corpora == nil && $0.statistics.discover }, names: { !($0.corpora ?? []).isEmpty },
        plan: { StatisticsPlanner(definition: $0, snapshot: $1).plan() })
}

/// A corpus: where the documents are, and where the statistics of each tenant are kept. How the figures are computed is
/// defined in SQL only; here are just the names.
package struct CorpusDefinition: Hashable, Sendable {
    /// The table of documents.
    package var source: RelationName
    package var sourceColumns: SourceColumns
    /// The table with one row per tenant (unique on its tenant column).
    package var target: RelationName
    package var targetColumns: TargetColumns
    /// A table with one row per tenant and term; without one, all term frequencies are stored in the target's column.
    package var terms: TermTable?
    /// A function that updates the figures of the tenant that is its only argument; nil uses pgtend's own statement.
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

    /// The corpus that discovery looks for in a watched schema. The names are those of the schema that pgtend was made
    /// for: a schema with that function and both tables needs no configuration.
    package static func conventional(in schema: String) -> CorpusDefinition {
        CorpusDefinition(
            source: RelationName(schema: schema, name: "embeddings"),
            target: RelationName(schema: schema, name: "embedding_statistics"),
            function: RelationName(schema: schema, name: "update_embedding_statistics"))
    }
}
