import Maintenance
import PostgresClient

/// A column whose values have to become others while it is written: a new column beside it, a trigger that keeps the two
/// in step, the old rows in batches, its indexes; and then, within one deadline, the names are swapped. The old column
/// stays as `pgtend_old_…`, and is no longer written.
extension SchemaPlanner {
    static let newPrefix = "\(prefix)new_"
    static let oldPrefix = "\(prefix)old_"
    /// Behind whatever other BEFORE triggers the table has: they fire in the order of their names.
    static let syncPrefix = "zz_\(prefix)sync_"

    /// Where `column` has its values now; nil for one that needs no conversion.
    private func source(of column: CatalogObject) -> CatalogObject? {
        if let name = rule(column.relation, column.name)?.source, !live.contains(column) {
            let source = CatalogObject(.column, name, of: column.relation)
            if live.contains(source) { return source }
        }
        guard let type = difference(column, .type), let found = type.found, let wanted = type.expected,
            !isCheap(from: found, to: wanted, column)
        else { return nil }
        return column
    }

    func needsConversion(_ column: CatalogObject) -> Bool { source(of: column) != nil }

    /// Whether its trigger still has to stand.
    func needsSync(_ column: CatalogObject) -> Bool { needsConversion(column) }

    /// Whether ALTER ... TYPE is done within the deadline: no row is rewritten, or there are few.
    private func isCheap(from found: String, to wanted: String, _ column: CatalogObject) -> Bool {
        if wanted.contains(".") { return false }
        let bytes = live[CatalogObject(.table, column.relation), .bytes].flatMap { Int($0) } ?? Int.max
        return bytes <= Self.quicklyRewritten || Self.isWider(wanted, than: found)
    }

    /// Some 20 MB are rewritten, indexes included, within the default deadline of 200 ms.
    private static let quicklyRewritten = 4 << 20

    /// The casts that PostgreSQL knows to need no rewrite. `timestamp` counts as UTC, which our sessions live in.
    private static func isWider(_ wanted: String, than found: String) -> Bool {
        let varying = "character varying"
        if found.hasPrefix(varying), wanted == "text" || wanted == varying { return true }
        if found.hasPrefix("\(varying)("), wanted.hasPrefix("\(varying)(") {
            let length = { (type: String) in Int(type.dropFirst(varying.count + 1).dropLast()) ?? 0 }
            return length(wanted) >= length(found)
        }
        return found == "timestamp without time zone" && wanted == "timestamp with time zone"
    }

    mutating func planConversion(_ column: CatalogObject) throws(PostgresError) {
        guard let source = source(of: column) else { return }
        guard try mayBeConverted(source, column) else { return }
        let table = try qualified(column.relation)
        let shadow = CatalogObject(.column, Self.newPrefix + column.name, of: column.relation)
        let shadowName = try SQLIdentifier(shadow.name).quoted
        let value = try convertedValue(source, column)
        let purpose =
            source == column
            ? "\(column.name) is \(live[column, .type] ?? "?"), and has to be \(expected[column, .type] ?? "?")"
            : "\(source.name) is called \(column.name)"
        try askForValues(source, column, value)

        if !live.contains(shadow) {
            addBriefly(
                .columns, column.relation, .accessExclusive, purpose,
                "ALTER TABLE \(table) ADD COLUMN \(shadowName) \(expected[column, .type] ?? "")")
        }
        let trigger = CatalogObject(.trigger, Self.syncPrefix + column.name, of: column.relation)
        addBriefly(
            .columns, column.relation, .accessExclusive, purpose,
            try syncFunctionDefinition(column, "NEW.\(shadowName)", value),
            "CREATE OR REPLACE TRIGGER \(try SQLIdentifier(trigger.name).quoted) BEFORE INSERT OR UPDATE ON \(table) "
                + "FOR EACH ROW EXECUTE FUNCTION \(try syncFunction(column.relation, column.name))()")
        let sourceName = try SQLIdentifier(source.name).quoted
        let isNull = "r.\(shadowName) IS NULL"
        let condition = expected[column, .null] == nil ? "\(isNull) AND r.\(sourceName) IS NOT NULL" : isNull
        add(.values, column, .inBatches(backfill(column, "\(shadowName) = (\(value))", condition)), purpose)
        if expected[column, .null] != nil { try planNotNull(column.relation, shadow.name, of: column) }
        try planSwap(source, column, shadow, trigger, purpose)
    }

    // MARK: - Its parts

    /// The value of the new column over the row `r`; NULL for one that has none there.
    private func convertedValue(
        _ source: CatalogObject, _ column: CatalogObject
    ) throws(PostgresError) -> String {
        let type = expected[column, .type] ?? ""
        let old = "r.\(try SQLIdentifier(source.name).quoted)::text"
        var mapped = old
        let known = (rule(column.relation, column.name)?.map ?? []) + mappings
        let mine = known.filter { $0.concerns(column.relation, column.name) }
        if !mine.isEmpty {
            var cases: [String] = []
            // The last word is the caller's.
            for mapping in mine.reversed() {
                cases.append("WHEN \(try SQLLiteral(mapping.old).quoted) THEN \(try SQLLiteral(mapping.new).quoted)")
            }
            mapped = "CASE \(old) \(cases.joined(separator: " ")) ELSE \(old) END"
        }
        let fallback = expected[column, .null] == nil ? nil : expected[column, .default]
        guard let labels = enumLabels(type) else {
            let cast = type.hasPrefix("character varying") || type == "text" ? mapped : "(\(mapped))::\(type)"
            return fallback.map { "coalesce(\(cast), \($0))" } ?? cast
        }
        // A value that is none of the type's must not fail the write of whoever does not know of this yet.
        let converted = "CASE WHEN (\(mapped)) IN (\(labels)) THEN (\(mapped))::\(type) END"
        return fallback.map { "CASE WHEN \(old) IS NULL THEN \($0) ELSE \(converted) END" } ?? converted
    }

    /// The labels of an enum of the schema, as a list of literals.
    private func enumLabels(_ type: String) -> String? {
        guard let name = type.dropped("\(schema)."),
            let definition = expected[CatalogObject(.type, name), .definition], definition.hasPrefix("ENUM (")
        else { return nil }
        return String(definition.dropFirst("ENUM (".count).dropLast())
    }

    /// Counts the values that the new column may not have.
    private mutating func askForValues(
        _ source: CatalogObject, _ column: CatalogObject, _ value: String
    ) throws(PostgresError) {
        let old = "r.\(try SQLIdentifier(source.name).quoted)"
        let name = try SQLIdentifier(column.name).quoted
        var conditions = ["x.old IS NOT NULL AND x.\(name) IS NULL"]
        if expected[column, .null] != nil { conditions = ["x.\(name) IS NULL"] }
        for check in expected.parts(.constraint, of: column.relation) {
            guard let definition = expected[check, .definition]?.dropped("CHECK "),
                Self.words(definition).contains(column.name),
                checkedColumns(definition, column.relation) == [column.name]
            else { continue }
            conditions.append("NOT coalesce((SELECT \(definition) FROM (SELECT x.\(name)) AS y), true)")
        }
        ask(
            column,
            "SELECT x.old AS value, count(*) AS count FROM (SELECT \(old)::text AS old, (\(value)) AS \(name) "
                + "FROM \(try qualified(column.relation)) AS r) AS x "
                + "WHERE \(conditions.joined(separator: " OR ")) GROUP BY x.old ORDER BY count(*) DESC",
            "\(source.name) has values that \(column.name) may not have",
            cure: "say what they are called by now: --map '\(column.relation).\(column.name):OLD=NEW' for each")
    }

    /// The columns of the table that an expression names.
    private func checkedColumns(_ expression: String, _ table: String) -> [String] {
        let words = Self.words(expression)
        return expected.parts(.column, of: table).map(\.name).filter { words.contains($0) }
    }

    /// The names in a deparsed expression, outside of literals.
    static func words(_ expression: String) -> Set<String> {
        Set(tokens(expression).filter(\.isName).map(\.text))
    }

    func syncFunction(_ table: String, _ column: String) throws(PostgresError) -> String {
        try qualified("\(Self.prefix)sync_\(table)_\(column)")
    }

    private func syncFunctionDefinition(
        _ column: CatalogObject, _ target: String, _ value: String
    ) throws(PostgresError) -> String {
        """
        CREATE OR REPLACE FUNCTION \(try syncFunction(column.relation, column.name))() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
        AS $pgtend$
        BEGIN
            \(target) := (SELECT \(value) FROM (SELECT NEW.*) AS r);
            RETURN NEW;
        END
        $pgtend$
        """
    }

    /// From here on the column has its new values, and nobody has waited for longer than the deadline.
    private mutating func planSwap(
        _ source: CatalogObject, _ column: CatalogObject, _ shadow: CatalogObject, _ trigger: CatalogObject,
        _ purpose: String
    ) throws(PostgresError) {
        let table = "ALTER TABLE \(try qualified(column.relation))"
        let name = try SQLIdentifier(column.name).quoted
        let sourceName = try SQLIdentifier(source.name).quoted
        let old = try SQLIdentifier(Self.oldPrefix + source.name).quoted
        var statements = [
            "DROP TRIGGER \(try SQLIdentifier(trigger.name).quoted) ON \(try qualified(column.relation))",
            "DROP FUNCTION \(try syncFunction(column.relation, column.name))()",
            "\(table) ALTER COLUMN \(sourceName) DROP DEFAULT, ALTER COLUMN \(sourceName) DROP NOT NULL",
            "\(table) RENAME COLUMN \(sourceName) TO \(old)",
            "\(table) RENAME COLUMN \(try SQLIdentifier(shadow.name).quoted) TO \(name)",
        ]
        if let value = expected[column, .default] {
            statements.append("\(table) ALTER COLUMN \(name) SET DEFAULT \(value)")
        }
        if expected[column, .null] != nil {
            let check = try SQLIdentifier(Self.notNullPrefix + column.name).quoted
            statements.append("\(table) ALTER COLUMN \(name) SET NOT NULL")
            statements.append("\(table) DROP CONSTRAINT \(check)")
        }
        let lock = LockRequirement(.accessExclusive, on: RelationName(schema: schema, name: column.relation))
        append(SchemaStep(column, .briefly([lock]), purpose, statements), to: .swaps)
        notes.append(
            "\(column.relation).\(source.name) stays as \(Self.oldPrefix)\(source.name), with its values as they are; "
                + "once nobody needs it: \(table) DROP COLUMN \(old)")
    }

    private mutating func mayBeConverted(
        _ source: CatalogObject, _ column: CatalogObject
    ) throws(PostgresError) -> Bool {
        let table = CatalogObject(.table, column.relation)
        let key = live.parts(.constraint, of: column.relation).first { constraint in
            let definition = live[constraint, .definition] ?? ""
            return definition.hasPrefix("PRIMARY KEY") && Self.words(definition).contains(source.name)
        }
        let isPartitionKey = live[table, .partitionKey].map { Self.words($0).contains(source.name) } ?? false
        if isPartitionKey || key != nil {
            refuse(
                column,
                "expected \(expected[column, .type] ?? "?"), found \(live[source, .type] ?? "?") in the "
                    + (isPartitionKey ? "partition key" : "primary key"),
                cure: "copy the table into one of the expected type: a key cannot change while rows stand")
            return false
        }
        if live.contains(CatalogObject(.column, Self.oldPrefix + source.name, of: column.relation)) {
            refuse(
                column, "\(Self.oldPrefix)\(source.name) of an earlier conversion still stands",
                cure: "drop it, or give it another name, then repeat the command")
            return false
        }
        // A view goes on reading the column that it was made for, whatever it is called: it would show old values.
        ask(
            column,
            """
            SELECT v.ev_class::regclass::text AS value, count(DISTINCT v.ev_class) AS count
            FROM pg_depend AS d
            JOIN pg_rewrite AS v ON v.oid = d.objid
            JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid = \(try SQLLiteral(try qualified(column.relation)).quoted)::regclass
                AND a.attname = \(try SQLLiteral(source.name).quoted)
            GROUP BY 1
            """,
            "views read \(source.name), and would go on reading the old column",
            cure: "drop these views, repeat the command, and make them again")
        return true
    }
}
