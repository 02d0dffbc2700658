import Maintenance
import PostgresClient
import SQLText

/// A statement that fails where work on tables would run code of others, for around the work: what is asked beforehand may
/// change until its locks are held. What has run by then is undone with the transaction, but for sequences and advisory
/// locks of the session.
enum ForeignCodeProof {
    /// - Parameter body: PL/pgSQL under our own `search_path`, which is as it was afterwards. `worked` holds the OIDs of
    ///   the tables, `stranger` is for what is found.
    static func statement(_ tables: [RelationName], unsafe body: String) throws(SQLTextError) -> String {
        let names = try tables.map { (table) throws(SQLTextError) in "(\(try table.literals))" }.joined(separator: ", ")
        // Not by regclass, which asks for USAGE on the schema.
        return try PinnedBlock.statement(
            declaring: "stranger pg_catalog.record; worked pg_catalog.oid[];",
            unsafe: """
                worked := ARRAY(
                    SELECT t.oid FROM pg_class AS t JOIN pg_namespace AS s ON s.oid = t.relnamespace
                    WHERE (s.nspname, t.relname) IN (\(names))
                );
                \(body)
                """)
    }

    static let hint = "it has come since the plan was made: pgtend plan says what to do"

    /// For the code in `stranger`.
    static let refusal = """
        RAISE object_not_in_prerequisite_state USING MESSAGE = format(
            'code of another owner would run: %I.%I belongs to %s, and its %s calls %s of %s', stranger.schema,
            stranger.name, stranger.owner, stranger.caller, stranger.code, stranger.code_owner),
            HINT = '\(hint)';
        """
}

extension RelationName {
    /// Schema and name, for a comparison with those of a catalog.
    var literals: String {
        get throws(SQLTextError) { "\(try SQLLiteral(schema).quoted), \(try SQLLiteral(name).quoted)" }
    }
}
