import EmbeddedSQL
import SQLText

/// What comes before any object in the schema: roles, extensions, the schema itself.
struct FoundationPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// Where the schema holds nothing, the migrations are executed as in any empty database.
    func planInstallation() throws(SQLTextError) {
        refuseMissingPgvector()
        try PrivilegePlanner(self).askForGrantorsOfSchema()
        for migration in EmbeddedSQL.migrations {
            plan.add(
                .foundation, CatalogObject(.schema, schema), .together, "nothing of it is there: \(migration.label)",
                migration.text)
        }
    }

    /// These files of the migration can be executed again: they only create what is missing.
    func planFoundation() throws(SQLTextError) {
        planFile(EmbeddedSQL.platformFolder + "migrations/0001_consolidated_schema/foundation/roles.sql", for: .role)
        // Before the schema gets another owner: programs that run as its owner have no other right to use it.
        try planFormerOwners()
        planFile(EmbeddedSQL.platformFolder + "migrations/0001_consolidated_schema/foundation/schema.sql", for: .schema)
        refuseMissingPgvector()
        // Also for a role that is missing: it needs the right to use the extensions.
        let makesExtensions = planFile(
            EmbeddedSQL.platformFolder + "migrations/0001_consolidated_schema/foundation/extensions.sql",
            for: .extension, .role)
        for index in gap.absent where makesExtensions && index.kind == .index {
            plan.note(
                "\(index.relation): the index \(index.name) is built in the end, where the server has the extension "
                    + (expected[index, .extension] ?? "that it needs"))
        }
        for difference in gap.different
        where difference.object.kind == .extension && difference.property == .version {
            plan.refuse(
                difference.object,
                "expected version \(difference.expected ?? "?"), found \(difference.found ?? "none")",
                cure: "install the newer package, then run: ALTER EXTENSION \(difference.object.name) UPDATE")
        }
    }

    /// - Returns: whether there is something to do for it.
    @discardableResult
    private func planFile(_ file: String, for kinds: CatalogObject.Kind...) -> Bool {
        // A role that differs has been refused.
        let different = gap.different.filter { $0.property != .comment && $0.object.kind != .role }
        let gaps = gap.missing + different.map(\.object)
        guard let object = gaps.first(where: { kinds.contains($0.kind) }) else { return false }
        plan.add(.foundation, object, .together, "\(object) is missing or different", EmbeddedSQL.text(file))
        return true
    }

    /// The migration would fail without it.
    private func refuseMissingPgvector() {
        let vector = CatalogObject(.extension, "vector")
        guard gap.missing.contains(vector) else { return }
        let question = SchemaQuestion(
            object: vector, reading: .catalogs,
            query: """
                SELECT NULL::text AS value, 1::bigint AS count
                WHERE NOT EXISTS (
                    SELECT
                    FROM pg_available_extensions AS a
                    WHERE a.name = 'vector'
                        AND string_to_array(substring(a.default_version FROM '^\\d+(?:\\.\\d+)*'), '.')::integer[]
                            >= ARRAY[0, 8])
                """)
        plan.pose(question)
        guard comparison.isAnsweredByRows(question) else { return }
        plan.refuse(
            vector, "the server does not offer the extension \"vector\" (pgvector 0.8 or later)",
            cure: "install the package postgresql-\(comparison.major)-pgvector on the server, then repeat the command")
    }

    // MARK: - Former owners

    /// Former owners of relations become members of the role that the application's programs are members of, so that they
    /// can go on working with the tables.
    private func planFormerOwners() throws(SQLTextError) {
        guard let writer = writingRole else { return }
        let kinds: Set<CatalogObject.Kind> = [.table, .view, .materializedView, .partition]
        // Of what is replaced, the gap tells no owner any more.
        let replaced = Set(comparison.foresight.tablesReplaced.map(\.name))
        let owners =
            (gap.different + comparison.foresight.found.gap.different).filter { difference in
                kinds.contains(difference.object.kind) && difference.property == .owner
            }.compactMap(\.found)
            + replaced.compactMap { comparison.foresight.found.live[CatalogObject(.view, $0), .owner] }
        let isOpened = gap.different.contains { $0.object.kind == .policy && !expected.contains($0.object) }
        let hasOptions = comparison.capabilities.has(.membershipOptions)
        let option = hasOptions ? " WITH INHERIT TRUE" : ""
        for former in Set(owners).sorted() {
            let role = CatalogObject(.role, former)
            // Of the server's own roles, and the schema's, nobody becomes a member.
            let isSpecial = former.hasPrefix("pg_") || expected.contains(role)
            guard !live.isSuperuser(former), !isSpecial else { continue }
            plan.note(
                "\(former) owns what will belong to the schema's own role; it becomes a member of \(writer)"
                    + (isOpened ? "" : ", and row-level security will show it one tenant at a time")
                    + (hasOptions || live[role, .inheritance] == nil
                        ? "" : "; it is NOINHERIT, so that it keeps its privileges on each table as well"))
            plan.add(
                .foundation, role, .together, "what belongs to \(former) will not any more",
                "GRANT \(try SQLIdentifier(writer).quoted) TO \(try SQLIdentifier(former).quoted)\(option)")
        }
    }

    /// The role of the schema that may write to most tables: the application's programs are its members.
    private var writingRole: String? {
        let grants = expected.objects(.table).flatMap { table in
            (expected[table] ?? [:]).compactMap { property, privileges in
                privileges.contains("INSERT") ? property.grantee : nil
            }
        }
        let counts = grants.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}
