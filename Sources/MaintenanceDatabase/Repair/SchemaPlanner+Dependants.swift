import Maintenance
import PostgresClient

/// What reads a column that has to change. Whatever depends on it goes with the old column when that is renamed, and does
/// there what nobody notices: a key stops being one, a CHECK fails for every new row.
extension SchemaPlanner {
    /// A view goes on reading the column that it was made for: renamed, it would show old values, and the server changes
    /// no type under it.
    mutating func askForViews(on column: CatalogObject) throws(PostgresError) {
        ask(
            column,
            """
            SELECT v.ev_class::regclass::text AS value, count(DISTINCT v.ev_class) AS count
            FROM pg_depend AS d
            JOIN pg_rewrite AS v ON v.oid = d.objid
            JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid = \(try SQLLiteral(try qualified(column.relation)).quoted)::regclass
                AND a.attname = \(try SQLLiteral(column.name).quoted)
            GROUP BY 1
            """,
            "views read \(column.name), which has to change",
            cure: "drop these views, repeat the command, and make them again")
    }

    /// - Parameter isRenamed: Otherwise its type changes under its name, and the server takes care of indexes and
    ///   constraints, and of nothing else.
    mutating func askForDependants(of column: CatalogObject, isRenamed: Bool) throws(PostgresError) {
        let trouble =
            "uses \(column.name), which has to change\(isRenamed ? ", and would go on with the old column" : "")"
        try askForEach(
            column, try dependants(of: column, isRenamed: isRenamed), { "the \($0) \(trouble)" },
            then: Self.afterDropping)
        guard isRenamed else { return }
        try askForChecks(on: column)
        try noteIndexes(on: column)
        try noteTriggers(of: column.relation)
    }

    /// The server makes indexes and constraints anew when a type changes under them, by their old words: an operator
    /// class, an operator or a function that takes the one type may not take the other.
    mutating func askForReaders(
        of column: CatalogObject, from found: String, to wanted: String
    ) throws(PostgresError) {
        if Self.base(found) == Self.base(wanted) || Self.isText(found) && Self.isText(wanted) { return }
        try askForEach(
            column, try readers(of: column, from: found, to: wanted),
            { "the \($0) uses \(column.name), which has to become \(wanted), and may not take that" },
            then: Self.afterDropping)
    }

    private func readers(
        of column: CatalogObject, from found: String, to wanted: String
    ) throws(PostgresError) -> String {
        let table = "\(try SQLLiteral(try qualified(column.relation)).quoted)::regclass"
        let name = try SQLLiteral(column.name).quoted
        // Made of the very words of the schema, it takes what the schema expects.
        func isOurs(_ kind: CatalogObject.Kind, _ name: String) throws(PostgresError) -> String {
            let twins = live.parts(kind, of: column.relation).filter { isTwin($0) }.map(\.name).sorted()
            return "\(name) ~ '^\(Self.prefix)'"
                + (twins.isEmpty ? "" : " OR \(name) IN (\(try literals(twins)))")
        }
        // Numbers are compared with each other, whatever they are.
        let areNumbers = Self.isNumber(found) && Self.isNumber(wanted)
        func isHarmless(_ expression: String) -> String {
            #"(\#(expression) ~ '^\("?[^"()]+"? IS (NOT )?NULL\)$'"#
                + (areNumbers ? #" OR \#(expression) !~ '[[:alnum:]_"] ?\(|[%&|#~^]')"# : ")")
        }
        return """
            WITH tree AS (
                SELECT \(table) AS relid UNION SELECT t.relid FROM pg_partition_tree(\(table)) AS t
            ), wanted AS (
                SELECT y.oid, y.typcollation,
                    ARRAY[y.oid, CASE WHEN y.oid = 'varchar'::regtype THEN 'text'::regtype
                        WHEN y.typcategory = 'A' THEN 'anyarray'::regtype ELSE y.oid END] AS accepted
                FROM pg_type AS y
                WHERE y.oid = \(try SQLLiteral(wanted).quoted)::regtype
            ), changed AS (
                SELECT a.attrelid, a.attnum, a.attcollation
                FROM pg_attribute AS a
                WHERE a.attrelid IN (SELECT t.relid FROM tree AS t) AND a.attname = \(name)
            ), dependant AS (
                SELECT DISTINCT d.classid, d.objid
                FROM pg_depend AS d
                JOIN changed AS a ON (a.attrelid, a.attnum) = (d.refobjid, d.refobjsubid)
                WHERE d.refclassid = 'pg_class'::regclass
            )
            SELECT o.value, 1::bigint AS count
            FROM (
                SELECT format(E'constraint %s of %s\\nALTER TABLE %s DROP CONSTRAINT %I', k.conname,
                    k.conrelid::regclass, k.conrelid::regclass, k.conname) AS value
                FROM dependant AS d
                JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
                CROSS JOIN LATERAL (SELECT pg_get_expr(k.conbin, k.conrelid) AS text) AS e
                WHERE k.contype IN ('c', 'x') AND k.conparentid = 0 AND k.conislocal
                    AND NOT (k.conrelid = \(table) AND (\(try isOurs(.constraint, "k.conname"))))
                    AND NOT coalesce(\(isHarmless("e.text")), false)
                UNION
                -- Of a key both sides have to be comparable.
                SELECT format(E'constraint %s of %s\\nALTER TABLE %s DROP CONSTRAINT %I', k.conname,
                    k.conrelid::regclass, k.conrelid::regclass, k.conname)
                FROM dependant AS d
                JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
                CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS u (mine, theirs)
                JOIN pg_attribute AS m ON (m.attrelid, m.attnum) = (k.conrelid, u.mine)
                JOIN pg_attribute AS t ON (t.attrelid, t.attnum) = (k.confrelid, u.theirs)
                CROSS JOIN wanted AS w
                CROSS JOIN LATERAL (
                    SELECT coalesce(nullif(y.oid, 'varchar'::regtype), 'text'::regtype) AS type
                    FROM pg_type AS y
                    WHERE y.oid = CASE WHEN (m.attrelid, m.attnum) IN (SELECT a.attrelid, a.attnum FROM changed AS a)
                        THEN t.atttypid ELSE m.atttypid END
                ) AS other
                WHERE k.contype = 'f' AND k.conparentid = 0
                    AND EXISTS (
                        SELECT FROM changed AS a
                        WHERE (a.attrelid, a.attnum) IN ((m.attrelid, m.attnum), (t.attrelid, t.attnum)))
                    AND NOT EXISTS (
                        SELECT FROM pg_amop AS p
                        JOIN pg_am AS i ON i.oid = p.amopmethod AND i.amname = 'btree'
                        WHERE p.amopstrategy = 3 AND p.amoplefttype = ANY (w.accepted) AND p.amoprighttype = other.type)
                UNION
                SELECT format(E'index %s of %s\\nDROP INDEX %s', c.relname, i.indrelid::regclass, c.oid::regclass)
                FROM dependant AS d
                JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
                JOIN pg_index AS i ON i.indexrelid = c.oid
                JOIN changed AS a ON a.attrelid = i.indrelid
                CROSS JOIN wanted AS w
                WHERE NOT c.relispartition AND NOT (i.indrelid = \(table) AND (\(try isOurs(.index, "c.relname"))))
                    AND (EXISTS (
                            SELECT FROM unnest(ARRAY[pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)]) AS e (text)
                            WHERE strpos(e.text, \(name)) > 0 AND NOT \(isHarmless("e.text")))
                        OR EXISTS (
                            SELECT FROM generate_series(0, i.indnkeyatts - 1) AS n
                            JOIN pg_opclass AS p ON p.oid = i.indclass[n]
                            WHERE i.indkey[n] = a.attnum AND (
                                i.indcollation[n] <> a.attcollation AND w.typcollation = 0
                                OR NOT EXISTS (
                                    SELECT FROM pg_opclass AS q
                                    WHERE q.opcmethod = p.opcmethod AND q.opcintype = ANY (w.accepted)
                                        AND CASE WHEN p.opcdefault THEN q.opcdefault ELSE q.oid = p.oid END))))
            ) AS o
            ORDER BY 1
            """
    }

    /// Lists `WHAT IT IS`, a line break, and the statement that drops it.
    private func dependants(of column: CatalogObject, isRenamed: Bool) throws(PostgresError) -> String {
        let table = "\(try SQLLiteral(try qualified(column.relation)).quoted)::regclass"
        // What is expected is made anew on the new column.
        func kept(_ kind: CatalogObject.Kind, _ name: String) throws(PostgresError) -> String {
            let own = expected.parts(kind, of: column.relation).map(\.name)
            let twins = live.parts(kind, of: column.relation).filter { isTwin($0) }.map(\.name)
            let names = Set(own + twins).sorted()
            let isOurs = "\(name) ~ '^(zz_)?\(Self.prefix)'"
            return "NOT (\(isOurs)"
                + (isRenamed && !names.isEmpty ? " OR \(name) IN (\(try literals(names)))" : "")
                + ")"
        }
        return """
            WITH tree AS (
                SELECT \(table) AS relid UNION SELECT t.relid FROM pg_partition_tree(\(table)) AS t
            ), dependant AS (
                SELECT DISTINCT d.classid, d.objid, d.objsubid
                FROM pg_depend AS d
                JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid IN (SELECT t.relid FROM tree AS t)
                    AND a.attname = \(try SQLLiteral(column.name).quoted)
            )
            SELECT o.value, 1::bigint AS count
            FROM (
                SELECT format(E'trigger %s of %s\\nDROP TRIGGER %I ON %s', g.tgname, g.tgrelid::regclass, g.tgname,
                    g.tgrelid::regclass) AS value
                FROM dependant AS d
                JOIN pg_trigger AS g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid
                WHERE NOT g.tgisinternal AND g.tgparentid = 0 AND \(try kept(.trigger, "g.tgname"))
                UNION
                SELECT format(E'policy %s of %s\\nDROP POLICY %I ON %s', y.polname, y.polrelid::regclass, y.polname,
                    y.polrelid::regclass)
                FROM dependant AS d
                JOIN pg_policy AS y ON d.classid = 'pg_policy'::regclass AND y.oid = d.objid
                WHERE NOT (y.polrelid = \(table) AND NOT (\(try kept(.policy, "y.polname"))))
                UNION
                SELECT format(E'generated column %s of %s\\nALTER TABLE %s DROP COLUMN %I', a.attname,
                    a.attrelid::regclass, a.attrelid::regclass, a.attname)
                FROM dependant AS d
                LEFT JOIN pg_attrdef AS x ON d.classid = 'pg_attrdef'::regclass AND x.oid = d.objid
                JOIN pg_attribute AS a ON (a.attrelid, a.attnum) = (x.adrelid, x.adnum)
                    OR d.classid = 'pg_class'::regclass AND (a.attrelid, a.attnum) = (d.objid, d.objsubid)
                WHERE a.attgenerated <> '' AND a.attinhcount = 0
                UNION
                SELECT format(E'function %s\\nDROP %s %s', p.oid::regprocedure,
                    CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure)
                FROM dependant AS d
                JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
                UNION
                SELECT format(E'publication %s of %s\\nALTER PUBLICATION %I DROP TABLE %s', b.pubname,
                    r.prrelid::regclass, b.pubname, r.prrelid::regclass)
                FROM dependant AS d
                JOIN pg_publication_rel AS r ON d.classid = 'pg_publication_rel'::regclass AND r.oid = d.objid
                JOIN pg_publication AS b ON b.oid = r.prpubid
                UNION
                SELECT format(E'constraint %s of %s\\nALTER TABLE %s DROP CONSTRAINT %I', k.conname,
                    k.conrelid::regclass, k.conrelid::regclass, k.conname)
                FROM dependant AS d
                JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
                -- A CHECK of the table itself is looked at by itself.
                WHERE \(isRenamed) AND k.conrelid IN (SELECT t.relid FROM tree AS t) AND k.conparentid = 0
                    AND k.conislocal AND (k.contype IN ('u', 'x', 'f') OR k.contype = 'c' AND k.conrelid <> \(table))
                    AND \(try kept(.constraint, "k.conname"))
                UNION
                SELECT format(E'unique index %s of %s\\nDROP INDEX %s', c.relname, i.indrelid::regclass, c.oid::regclass)
                FROM dependant AS d
                JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
                JOIN pg_index AS i ON i.indexrelid = c.oid
                WHERE \(isRenamed) AND i.indisunique AND NOT c.relispartition AND \(try kept(.index, "c.relname"))
                    AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid)
            ) AS o
            ORDER BY 1
            """
    }

    /// Whether the schema expects the very same under another name.
    private func isTwin(_ object: CatalogObject) -> Bool {
        let definition = live[object, .definition]
        return expected.parts(object.kind, of: object.relation).contains { expected[$0, .definition] == definition }
    }

    private func isForeign(_ object: CatalogObject) -> Bool {
        !expected.contains(object) && !object.name.hasPrefix(Self.prefix) && !object.name.hasPrefix(Self.syncPrefix)
    }

    // MARK: - CHECK

    /// New rows have NULL in the old column. A CHECK that holds for that and is about nothing else harms nobody: what
    /// the column may be says its new type.
    private mutating func askForChecks(on column: CatalogObject) throws(PostgresError) {
        let table = try qualified(column.relation)
        for check in live.parts(.constraint, of: column.relation) {
            guard let definition = live[check, .definition], definition != expected[check, .definition],
                !check.name.hasPrefix(Self.prefix), let expression = Self.checked(definition)
            else { continue }
            let words = Self.words(expression)
            let columns = live.parts(.column, of: column.relation).map(\.name).filter { words.contains($0) }
            guard columns.contains(column.name) else { continue }
            var isHarmless = !isForeign(check)
            if columns.count == 1 {
                let row = "SELECT NULL::\(live[column, .type] ?? "text") AS \(try SQLIdentifier(column.name).quoted)"
                let question = SchemaQuestion(
                    object: check,
                    query: "SELECT NULL::text AS value, 1::bigint AS count FROM (\(row)) AS r "
                        + "WHERE NOT coalesce(\(expression), true)")
                count(question)
                isHarmless = !isAnsweredByRows(question)
            }
            let drop = "ALTER TABLE \(table) DROP CONSTRAINT \(try SQLIdentifier(check.name).quoted)"
            if !isHarmless {
                refuse(
                    check,
                    "\(definition) is about \(column.name), which has to change, and would go on with the old column, "
                        + "which is NULL in new rows",
                    cure: "\(drop); then repeat the command, and make it again where it is still needed")
            } else if isForeign(check) {
                notes.append(
                    "\(column.relation): the constraint \(check.name) stays on \(Self.oldPrefix)\(column.name), and is "
                        + "about old rows alone: \(drop)")
            }
        }
    }

    /// What stands behind CHECK, in its parentheses.
    private static func checked(_ definition: String) -> String? {
        guard var expression = definition.dropped("CHECK ") else { return nil }
        for suffix in [" NOT ENFORCED", " NOT VALID", " NO INHERIT"] where expression.hasSuffix(suffix) {
            expression.removeLast(suffix.count)
        }
        return expression
    }

    // MARK: - What is only told

    private mutating func noteIndexes(on column: CatalogObject) throws(PostgresError) {
        for index in live.parts(.index, of: column.relation) where isForeign(index) {
            let definition = live[index, .definition] ?? ""
            guard !definition.hasPrefix("CREATE UNIQUE"), Self.words(Self.using(definition)).contains(column.name)
            else { continue }
            notes.append(
                "\(column.relation): the index \(index.name) stays on \(Self.oldPrefix)\(column.name): "
                    + "DROP INDEX \(try qualified(index.name))")
        }
    }

    /// No catalog tells which columns a trigger's function reads.
    private mutating func noteTriggers(of table: String) throws(PostgresError) {
        for trigger in live.parts(.trigger, of: table) where isForeign(trigger) {
            let definition = live[trigger, .definition] ?? ""
            guard let words = definition.firstRange(of: " EXECUTE FUNCTION ") else { continue }
            let call = Self.tokens(String(definition[words.upperBound...])).prefix { $0.text != "(" }
            guard let function = call.last(where: \.isName)?.text,
                !expected.objects(.function).contains(where: { $0.name.hasPrefix("\(function)(") })
            else { continue }
            let note =
                "\(table): nothing tells which columns the trigger \(trigger.name) reads (\(function)); one that reads a "
                + "column that is renamed fails from then on, and has to be changed or dropped before: "
                + "DROP TRIGGER \(try SQLIdentifier(trigger.name).quoted) ON \(try qualified(table))"
            if !notes.contains(note) { notes.append(note) }
        }
    }
}
