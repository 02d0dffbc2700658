/// The queries on migrations.
enum MigrationQuery: String, EmbeddedQuery {
    case checksums = "schema_checksums"
}
