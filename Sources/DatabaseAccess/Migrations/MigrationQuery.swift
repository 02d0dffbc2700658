/// The queries on migrations.
enum MigrationQuery: String, EmbeddedQuery {
    case checksums = "migrations/queries/checksums"
}
