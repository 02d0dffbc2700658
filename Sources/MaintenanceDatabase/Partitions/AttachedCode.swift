import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// Whether attaching a partition would run code of others than the table's owner, with the owner's rights: the DEFAULT
/// partition and the tables that foreign keys refer to are planned and scanned.
enum AttachedCode {
    /// By the OID of the table: the first that is found of each.
    static func read(
        _ tables: [UInt32], on connection: Connection
    ) async throws(PostgresError) -> [UInt32: ForeignCode] {
        guard !tables.isEmpty else { return [:] }
        return try await ForeignCode.read(CatalogQuery.foreignCode(tables, false), on: connection)
    }

    /// Fails where there is such code, and where something of others' beside the table is not locked.
    static func proof(_ table: RelationName) throws(SQLTextError) -> String {
        try ForeignCodeProof.statement(
            [table],
            unsafe: """
                EXECUTE $query$ \(query) LIMIT 1 $query$ INTO stranger USING worked, true;
                IF stranger.name IS NOT NULL AND stranger.caller IS NULL THEN
                    RAISE object_not_in_prerequisite_state USING MESSAGE = format(
                        'code of another owner could come: %I.%I belongs to %s and is not locked', stranger.schema,
                        stranger.name, stranger.owner),
                        HINT = '\(ForeignCodeProof.hint)';
                ELSIF stranger.name IS NOT NULL THEN
                    \(ForeignCodeProof.refusal)
                END IF;
                """)
    }

    private static let query = EmbeddedSQL.queryWithoutComments(CatalogQuery.foreignCode.rawValue)
}
