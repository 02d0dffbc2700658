import PostgresClient
import SQLText

/// A statement of ours among those that run under an owner's `search_path`, on which a function or an operator of somebody
/// else's may be found before the server's own.
enum PinnedBlock {
    /// - Parameters:
    ///   - declarations: with qualified types: they are read under the owner's path.
    ///   - body: PL/pgSQL under our own `search_path`, which is as it was afterwards.
    static func statement(declaring declarations: String, unsafe body: String) throws(SQLTextError) -> String {
        let block = """
            DECLARE own_path pg_catalog.text := pg_catalog.current_setting('search_path'); \(declarations)
            BEGIN
                SET LOCAL search_path = \(SessionSettings.searchPath);
                -- Work in a sandbox has the server's own setting, and compiling a query on a few rows of catalogs takes
                -- seconds.
                SET LOCAL jit = off;
                \(body)
                PERFORM set_config('search_path', own_path, true);
            END
            """
        // As a literal, not dollar-quoted: a name can contain any dollar quote, and could so inject SQL.
        return "DO \(try SQLLiteral(block).quoted)"
    }
}
