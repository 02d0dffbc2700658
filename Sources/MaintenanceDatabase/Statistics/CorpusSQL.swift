import EmbeddedSQL
import Maintenance
import SQLText

/// The statements on a corpus. How the figures are computed is defined in `sql/run/statistics/publish.sql`; here only
/// the names are filled in.
struct CorpusSQL {
    private let corpus: CorpusDefinition
    private let names: [String: String]

    init(_ corpus: CorpusDefinition) throws(SQLTextError) {
        self.corpus = corpus
        var names = [
            "source": try corpus.source.quoted,
            "source.tenant": try SQLIdentifier(corpus.sourceColumns.tenant).quoted,
            "source.tsvector": try SQLIdentifier(corpus.sourceColumns.tsvector).quoted,
            "target": try corpus.target.quoted,
            "target.tenant": try SQLIdentifier(corpus.targetColumns.tenant).quoted,
            "target.documents": try SQLIdentifier(corpus.targetColumns.documents).quoted,
            "target.average": try SQLIdentifier(corpus.targetColumns.average).quoted,
            "target.frequencies": try SQLIdentifier(corpus.targetColumns.frequencies).quoted,
            "target.updated": try SQLIdentifier(corpus.targetColumns.updated).quoted,
        ]
        if let terms = corpus.terms {
            names["terms"] = try terms.table.quoted
            names["terms.tenant"] = try SQLIdentifier(terms.tenant).quoted
            names["terms.term"] = try SQLIdentifier(terms.term).quoted
            names["terms.documents"] = try SQLIdentifier(terms.documents).quoted
        }
        self.names = names
    }

    /// Every tenant, as text, in the column `tenant`.
    var tenants: String {
        get throws(SQLTextError) { try rendered("run/statistics/tenants") }
    }

    /// The statements for the update of one tenant, in order, for one transaction; in each, `$1` is the tenant.
    var update: [String] {
        get throws(SQLTextError) {
            if let function = corpus.function { return ["SELECT \(try function.quoted)($1)"] }
            return [try rendered("run/statistics/lock"), try rendered("run/statistics/publish")]
        }
    }

    /// Removes comments, since they contain names of tables, and a name with a newline would end its comment. The
    /// directives of the template, which look like comments, stay.
    private static func withoutComments(_ text: String) -> String {
        text.split(separator: "\n").filter { line in
            let content = line.drop { $0 == " " }
            return !content.hasPrefix("--") || ["-- when ", "-- else", "-- end"].contains { line.hasPrefix($0) }
        }.joined(separator: "\n")
    }

    private func rendered(_ query: String) throws(SQLTextError) -> String {
        do throws(QueryTemplateError) {
            return try QueryTemplate(text: Self.withoutComments(EmbeddedSQL.query(query))).rendered(
                names, sections: corpus.terms == nil ? [] : ["terms"])
        } catch {
            throw SQLTextError("\(query).sql: \(error)")
        }
    }
}
