import EmbeddedSQL
import Maintenance
import SQLText

/// The statements on a corpus. How the figures are computed is defined in `sql/run/statistics/publish.sql`; here only
/// the names are filled in.
struct CorpusSQL {
    private let corpus: CorpusDefinition
    private let operators: TenantOperators
    private let names: [String: String]

    init(_ corpus: CorpusDefinition, operators: TenantOperators) throws(SQLTextError) {
        self.corpus = corpus
        self.operators = operators
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
            "tenant.operators": try SQLIdentifier(operators.schema).quoted,
            "tenant.cast": operators.type.map { "::\($0)" } ?? "",
        ]
        if let terms = corpus.terms {
            names["terms"] = try terms.table.quoted
            names["terms.tenant"] = try SQLIdentifier(terms.tenant).quoted
            names["terms.term"] = try SQLIdentifier(terms.term).quoted
            names["terms.documents"] = try SQLIdentifier(terms.documents).quoted
        }
        self.names = names
    }

    /// All tenants, in order.
    var tenants: String {
        get throws(SQLTextError) {
            let query = try rendered("run/statistics/tenants")
            // Without the semicolon at its end.
            let listed = query[..<(query.lastIndex(of: ";") ?? query.endIndex)]
            return String(listed)
        }
    }

    /// The statements for the update of one tenant, in order, for one transaction.
    func update(tenant: String) throws(SQLTextError) -> [String] {
        let tenant = try SQLLiteral(tenant).quoted
        if let function = corpus.function {
            return ["SELECT \(try function.quoted)(\(tenant)\(operators.argument.map { "::\($0)" } ?? ""))"]
        }
        return [
            try rendered("run/statistics/lock", tenant: tenant), try rendered("run/statistics/publish", tenant: tenant),
        ]
    }

    /// - Parameter tenant: a literal in the place of the parameter. It goes in with the names: one of them may be `$1`.
    private func rendered(_ query: String, tenant: String? = nil) throws(SQLTextError) -> String {
        let text = EmbeddedSQL.queryWithoutComments(query).replacing("$1", with: "{parameter}")
        let names = names.merging(tenant.map { ["parameter": $0] } ?? [:]) { $1 }
        do throws(QueryTemplateError) {
            return try QueryTemplate(text: text).rendered(
                names, sections: corpus.terms == nil ? [] : ["terms"])
        } catch {
            throw SQLTextError("\(query).sql: \(error)")
        }
    }
}
