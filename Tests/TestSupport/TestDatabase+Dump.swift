extension TestDatabase {
    /// Everything in the database as pg_dump writes it; what is random in a dump is taken out.
    package func dump(_ options: String...) async throws -> String {
        let result = try await Program.run(cluster.folder + "/bin/pg_dump", options + ["--dbname", conninfo()])
        guard result.succeeded else { throw TestFailure("pg_dump: \(result)") }
        return result.standardOutput.split(separator: "\n").filter {
            !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict")
        }.joined(separator: "\n")
    }

    /// Every definition of the database, by pg_dump, and beside it what pg_dump leaves out: the roles of the cluster,
    /// who is a member of whom, and the partitions with their bounds. Without rows.
    package func definitions() async throws -> String {
        let help = try await Program.run(cluster.folder + "/bin/pg_dump", ["--help"]).standardOutput
        let hasKey = help.contains("--restrict-key")
        let dump = hasKey ? try await dump("--schema-only", "--restrict-key=x") : try await dump("--schema-only")
        let rest = try await psql(
            """
            SELECT r.rolname, r.rolsuper, r.rolcanlogin, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolbypassrls,
                shobj_description(r.oid, 'pg_authid')
            FROM pg_roles AS r WHERE r.rolname !~ '^pg_' ORDER BY 1;
            SELECT m.roleid::regrole, m.member::regrole, m.admin_option
            FROM pg_auth_members AS m WHERE m.roleid::regrole::text !~ '^pg_' ORDER BY 1::text, 2::text, 3;
            SELECT i.inhparent::regclass, c.oid::regclass, pg_get_expr(c.relpartbound, c.oid)
            FROM pg_class AS c JOIN pg_inherits AS i ON i.inhrelid = c.oid WHERE c.relispartition ORDER BY c.relname;
            """)
        return dump + "\n" + rest
    }
}
