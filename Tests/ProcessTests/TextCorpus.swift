import TestSupport

/// A corpus whose tables have nothing in common with those of `mcp`: no vectors, numbers as tenants, other names.
enum TextCorpus {
    static func tables(terms: Bool) -> String {
        """
        CREATE SCHEMA search;
        CREATE TABLE search.documents (org_id bigint NOT NULL, body_tsv tsvector);
        CREATE INDEX ON search.documents (org_id);
        CREATE TABLE search.figures (
            org_id bigint PRIMARY KEY, documents bigint NOT NULL, average_length numeric, frequencies jsonb,
            counted_at timestamptz);
        """
            + (terms
                ? """
                CREATE TABLE search.terms (
                    org_id bigint, term text COLLATE "C", documents bigint, PRIMARY KEY (org_id, term));
                """ : "")
    }

    /// An entry of `corpora`, indented for a database of the file.
    static func configuration(terms: Bool) -> String {
        """
                    - source: {table: search.documents, tenant: org_id, tsvector: body_tsv}
                      target:
                        table: search.figures
                        tenant: org_id
                        documents: documents
                        average: average_length
                        frequencies: frequencies
                        updated: counted_at

        """
            + (terms
                ? "              terms: {table: search.terms, tenant: org_id, term: term, documents: documents}\n" : "")
    }

    static func file(for database: TestDatabase, user: String = "postgres", terms: Bool) -> String {
        """
        databases:
          - name: search
            conninfo: \(database.conninfo(user: user))
            schemas: [search]
            statistics:
              corpora:

        """ + configuration(terms: terms)
    }

    /// Documents of random words with random positions, for tenants in equal shares. Some have no lexeme, or are NULL.
    static func documents(
        into table: String, _ columns: String, tenants: [String], count: Int, _ random: inout Seeded
    ) -> String {
        let words = (0..<40).map { "word\($0)" }
        let rows = (0..<count).map { index in
            let length = Int.random(in: 0...12, using: &random)
            // Squared, so that some words are frequent and others rare.
            let text = (0..<length).map { _ in
                let skew = Double.random(in: 0..<1, using: &random)
                return words[Int(skew * skew * Double(words.count))]
            }.joined(separator: " ")
            let tsvector = index % 17 == 0 ? "NULL" : "to_tsvector('pg_catalog.simple', '\(text)')"
            return "(\(tenants[index % tenants.count]), \(tsvector))"
        }
        return "INSERT INTO \(table) (\(columns)) VALUES \(rows.joined(separator: ", "));"
    }

    /// What the figures have to be: tenant, documents, average, and the terms with their numbers in the order of the
    /// terms. The terms by `ts_stat`, which pgtend does not use; it takes a lexeme without positions for one with one, so
    /// that these are counted apart. Tenants without documents are in it when they are in `tenants`.
    static func truth(table: String, tenant: String, tsvector: String, tenants: String) -> String {
        """
        SELECT t.tenant, n.documents, round(p.positions::numeric / nullif(n.documents, 0), 9), coalesce(s.terms, '')
        FROM (\(tenants)) AS t (tenant)
        CROSS JOIN LATERAL (
            SELECT count(*) AS documents FROM \(table) AS d
            WHERE d.\(tenant) = t.tenant AND d.\(tsvector) <> ''::tsvector
        ) AS n
        CROSS JOIN LATERAL (
            SELECT string_agg(w.word || '=' || w.ndoc, ' ' ORDER BY w.word COLLATE "C") AS terms
            FROM ts_stat(format('SELECT \(tsvector) FROM \(table) WHERE \(tenant) = %L', t.tenant)) AS w
        ) AS s
        CROSS JOIN LATERAL (
            SELECT count(*) AS positions
            FROM \(table) AS d, unnest(d.\(tsvector)) AS l, unnest(l.positions)
            WHERE d.\(tenant) = t.tenant
        ) AS p
        ORDER BY 1
        """
    }

    static let truth = truth(
        table: "search.documents", tenant: "org_id", tsvector: "body_tsv", tenants: "SELECT org_id FROM search.figures")

    /// What was published, in the form of `truth`. With a table of terms the column has the same, as long as there
    /// are no more than a thousand.
    static func published(terms: Bool) -> String {
        let counts =
            terms
            ? "SELECT k.term, k.documents FROM search.terms AS k WHERE k.org_id = f.org_id"
            : "SELECT e.key, e.value::bigint FROM jsonb_each_text(f.frequencies) AS e"
        return """
            SELECT f.org_id, f.documents, round(f.average_length, 9),
                coalesce((SELECT string_agg(c.term || '=' || c.documents, ' ' ORDER BY c.term COLLATE "C")
                    FROM (\(counts)) AS c (term, documents)), '')
            FROM search.figures AS f
            ORDER BY 1
            """
    }
}
