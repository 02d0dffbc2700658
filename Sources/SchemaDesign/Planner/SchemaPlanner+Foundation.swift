import EmbeddedSQL
import SQLText

/// What stands before any table: roles, extensions, the schema, types and functions.
extension SchemaPlanner {
    /// Where there is nothing to keep, the migrations do what they do in any empty database.
    mutating func planInstallation() throws(SQLTextError) {
        refuseMissingPgvector()
        try askForGrantorsOfSchema()
        for migration in EmbeddedSQL.migrations {
            add(
                .foundation, CatalogObject(.schema, schema), .together, "nothing of it is there: \(migration.label)",
                migration.text)
        }
    }

    /// These files of the migration find out by themselves what is there.
    mutating func planFoundation() throws(SQLTextError) {
        planFile("mcp/migrations/0001_consolidated_schema/foundation/roles.sql", for: .role)
        // Before the schema has another owner: it is the owner's right to use it that its programs live by.
        try planFormerOwners()
        planFile("mcp/migrations/0001_consolidated_schema/foundation/schema.sql", for: .schema)
        refuseMissingPgvector()
        // A role that is made must be able to use them, too.
        planFile("mcp/migrations/0001_consolidated_schema/foundation/extensions.sql", for: .extension, .role)
        for difference in gap.different
        where difference.object.kind == .extension && difference.property == .version {
            refuse(
                difference.object,
                "expected version \(difference.expected ?? "?"), found \(difference.found ?? "none")",
                cure: "install the newer package, then run: ALTER EXTENSION \(difference.object.name) UPDATE")
        }
    }

    private mutating func planFile(_ file: String, for kinds: CatalogObject.Kind...) {
        // What a role is otherwise is refused.
        let different = gap.different.filter { $0.property != .comment && $0.object.kind != .role }
        let gaps = gap.missing + different.map(\.object)
        guard let object = gaps.first(where: { kinds.contains($0.kind) }) else { return }
        add(.foundation, object, .together, "\(object) is missing or different", EmbeddedSQL.text(file))
    }

    /// What the migration asks for first, too.
    private mutating func refuseMissingPgvector() {
        let vector = CatalogObject(.extension, "vector")
        guard gap.missing.contains(vector) else { return }
        let question = SchemaQuestion(
            object: vector,
            query: """
                SELECT NULL::text AS value, 1::bigint AS count
                WHERE NOT EXISTS (
                    SELECT
                    FROM pg_available_extensions AS a
                    WHERE a.name = 'vector'
                        AND string_to_array(substring(a.default_version FROM '^\\d+(?:\\.\\d+)*'), '.')::integer[]
                            >= ARRAY[0, 8])
                """)
        count(question)
        guard isAnsweredByRows(question) else { return }
        refuse(
            vector, "the server does not offer the extension \"vector\" (pgvector 0.8 or later)",
            cure: "install the package postgresql-\(major)-pgvector on the server, then repeat the command")
    }

    // MARK: - Former owners

    /// Whoever owned the tables goes on as a member of the role that the application's programs are members of.
    private mutating func planFormerOwners() throws(SQLTextError) {
        guard let writer = writingRole else { return }
        let owners = gap.different.filter { $0.object.kind == .table && $0.property == .owner }.compactMap(\.found)
        for former in Set(owners).sorted() {
            let role = CatalogObject(.role, former)
            guard !(live[role, .attributes]?.contains("SUPERUSER") ?? false) else { continue }
            notes.append(
                "\(former) owns tables that will belong to the schema's own role; it becomes a member of \(writer), "
                    + "and row-level security will show it one tenant at a time")
            add(
                .foundation, role, .together, "what belongs to \(former) will not any more",
                "GRANT \(try SQLIdentifier(writer).quoted) TO \(try SQLIdentifier(former).quoted)")
        }
    }

    /// The role of the schema that may write into the most tables: what the application's programs are members of.
    private var writingRole: String? {
        let grants = expected.objects(.table).flatMap { table in
            (expected[table] ?? [:]).compactMap { property, privileges in
                privileges.contains("INSERT") ? property.grantee : nil
            }
        }
        let counts = grants.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    // MARK: - Types and functions

    mutating func planTypes() throws(SQLTextError) {
        for object in gap.missing where object.kind == .type {
            try refuseTakenName(object)
            add(
                .types, object, .together, "the type is missing",
                "CREATE TYPE \(try qualified(object.name)) AS \(expected[object, .definition] ?? "")",
                "ALTER TYPE \(try qualified(object.name)) OWNER TO \(try owner(object))")
        }
        for difference in gap.different where difference.object.kind == .type && difference.property == .definition {
            try planValues(of: difference.object, difference.expected ?? "", found: difference.found ?? "")
        }
        for difference in gap.different where difference.object.kind == .type && difference.property == .owner {
            add(
                .types, difference.object, .together, "the type belongs to \(difference.found ?? "another")",
                "ALTER TYPE \(try qualified(difference.object.name)) OWNER TO \(try owner(difference.object))")
        }
    }

    /// A value that is missing is put where it belongs, behind the one that it follows.
    private mutating func planValues(
        of type: CatalogObject, _ expected: String, found: String
    ) throws(SQLTextError) {
        let (wanted, present) = (Self.labels(expected), Self.labels(found))
        guard !present.isEmpty, present == wanted.filter(present.contains) else {
            return refuse(
                type, "expected \(expected), found \(found)",
                cure: "values of a type cannot be taken back: bring it to the expected values and their order by hand")
        }
        for (index, label) in wanted.enumerated() where !present.contains(label) {
            let place = index > 0 ? "AFTER \(wanted[index - 1])" : "BEFORE \(present[0])"
            // A transaction of its own: nothing may use a value in the one that adds it.
            add(
                .types, type, .briefly([]), "the value \(label) is missing",
                "ALTER TYPE \(try qualified(type.name)) ADD VALUE \(label) \(place)")
        }
    }

    /// The values of a type, as SQL writes them.
    private static func labels(_ definition: String) -> [String] {
        let literals = tokens(definition).split { !$0.raw.hasPrefix("'") }
        return literals.map { $0.map(\.raw).joined() }
    }

    mutating func planRoutines() throws(SQLTextError) {
        for object in expected.objects(.function) {
            let isNew = !live.contains(object)
            let isOther = difference(object, .signature) != nil
            guard isNew || isOther || difference(object, .definition) != nil || difference(object, .owner) != nil else {
                continue
            }
            let name = try functionName(object)
            var statements = ["SET LOCAL check_function_bodies = off"]
            if isNew { try refuseTakenName(object) }
            // What returns something else cannot be replaced.
            if isOther {
                try askForDependants(ofDropped: [object])
                statements.append("DROP FUNCTION \(name)")
            }
            statements.append(expected[object, .definition] ?? "")
            // Anybody may execute what was just made, as its owner where it is a SECURITY DEFINER.
            if isNew || isOther { statements += try revocation(on: object) }
            statements.append("ALTER FUNCTION \(name) OWNER TO \(try owner(object))")
            if isNew || isOther { statements += try grants(on: object, isAnew: true) }
            let purpose = isNew ? "the function is missing" : "the function is another one"
            append(SchemaStep(object, .together, purpose, statements), to: .functions)
        }
    }

    func owner(_ object: CatalogObject) throws(SQLTextError) -> String {
        try SQLIdentifier(expected[object, .owner] ?? "").quoted
    }

    /// A function with the types of its arguments, which are the server's own words.
    func functionName(_ object: CatalogObject) throws(SQLTextError) -> String {
        let parenthesis = object.name.firstIndex(of: "(") ?? object.name.endIndex
        return try qualified(String(object.name[..<parenthesis])) + object.name[parenthesis...]
    }
}
