import Maintenance

/// The keys of `databases[]` for the name of a database, its connection and its schemas.
enum ConnectionKeys {
    static let identity = ElementIdentity<DatabaseDefinition>(key: "name", noun: "database name", of: \.name)

    static let all: [Key<DatabaseDefinition>] = [
        .value(
            "name", \.name, .databaseName, isRequired: true,
            "What the database is called in commands, reports and metrics. Unique in the file."),
        .value(
            "conninfo", \.conninfo, .connectionString, isRequired: true, redaction: .ofConnectionString,
            """
            The connection string, keywords or URI, several hosts and TLS as libpq has them. Empty: libpq's own \
            variables and defaults. Keep a password out of it: use a password file.
            """),
        .value(
            "pooler", \.pooler, .choice, variable: "PGTEND_POOLER",
            """
            What to do where a connection pooler such as pgbouncer stands before the server. session: accept it if a \
            check under load finds that each session has a backend of its own.
            """),
        .names(
            "schemas", \.schemas, of: "schema", variable: "PGTEND_SCHEMAS", flag: Flag("--schema") { $0.schemas },
            "Where tables, views and corpora are discovered. Exact names, without SQL quotes."),
    ]
}
