import EmbeddedSQL
import SQLText

/// A table that is partitioned by something else than it should be, or not at all, or that the caller names, is replaced by
/// one that is as expected, with all its rows, in one transaction. The old one stays beside it under another name, with
/// every value that it had. A view in the place of a table is replaced alike, by a table with the rows that it shows.
///
/// Readers and writers of the table wait for that, so it is done only where the rows fit the deadline.
struct ReplacementPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector
    /// What stands so far.
    private let found: SchemaComparison

    init(comparison: SchemaComparison, plan: PlanCollector) {
        self.comparison = comparison
        self.plan = plan
        found = comparison.beforehand
    }

    func planReplacement(of table: CatalogObject) throws(SQLTextError) {
        let (name, aside) = (try qualified(table.name), ReservedName.old(table.name))
        let obstacles = ReplacementObstaclePlanner(self)
        try obstacles.askForReaders(of: table, when: "that is replaced by one that is as expected")
        // What the caller drops goes with the old one.
        let kind = found.live.contains(table) ? CatalogObject.Kind.table : .view
        let former = CatalogObject(kind, table.name)
        if kind != .table {
            guard try obstacles.mayBeRead(former) else { return }
            try planView(former)
        }
        let values = CopiedColumnPlanner(self)
        let columns = try values.copiedColumns(of: table)
        try values.askForBreaches(of: table, columns)
        let partitions = found.live.parts(.partition, of: table.name).map(\.name)
        let old = try qualified(aside)

        var statements = try AsidePlanner(self).settingAside(former, ReservedName.oldPrefix)
        statements += try TablePlanner(self).creation(of: table)
        for column in values.carriedColumns(of: table) {
            statements.append(
                "ALTER TABLE \(name) ADD COLUMN \(try SQLIdentifier(column.name).quoted) \(found.live[column, .type] ?? "")"
                    + (found.live[column, .default].map { " DEFAULT \($0)" } ?? ""))
        }
        if expected[table, .partitionKey] != nil { statements.append(try months(of: table, columns, from: old)) }
        let carried = try values.carriedColumns(of: table).map { (column) throws(SQLTextError) in
            let name = try SQLIdentifier(column.name).quoted
            return (name, "r.\(name)")
        }
        statements.append(try insertion(into: table, columns, carried, from: old))
        // Nobody writes to the old table; who writes to those that a view reads, goes on.
        if kind == .table { statements.append(Self.countingAlike(old, name)) }
        statements += try values.filledFromItself(table)
        for index in expected.parts(.index, of: table.name) where !gap.absent.contains(index) {
            guard let definition = expected[index, .definition] else { continue }
            statements.append(
                try comparison.createIndex(
                    index.name, definition, lists: expected[index, .lists], on: table.name))
        }
        if kind == .table { statements += try carriedParts(of: table) }
        statements.append(Self.carryingGrants(from: old, to: name, isView: kind == .view))

        let relations = kind == .table ? [table.name] + partitions : []
        let locks = relations.map { LockRequirement(.accessExclusive, on: RelationName(schema: schema, name: $0)) }
        plan.append(SchemaStep(table, .briefly(locks), purpose(of: former), statements), to: .tables)
        try noteWhatStays(of: former, aside)
    }

    private func purpose(of former: CatalogObject) -> String {
        guard former.kind == .table else { return "it is a \(former.kind.rawValue), and has to be a table" }
        let (key, was) = (expected[former, .partitionKey], found.live[former, .partitionKey])
        guard let key, !key.isSame(as: was) else { return "it is made anew with its rows, as the caller says" }
        return "it is \(was.map { "PARTITION BY \($0)" } ?? "not partitioned"), and has to be PARTITION BY \(key)"
    }

    // MARK: - Views

    /// A view in the place of a table: its rows are copied once, and whoever writes to the tables that it reads has to be told.
    private func planView(_ view: CatalogObject) throws(SQLTextError) {
        let names = TakenNamePlanner(self)
        for key in expected.parts(.constraint, of: view.name)
        where ConstraintDefinition(expected[key, .definition] ?? "").hasIndex { try names.refuseTakenName(key) }
        try ReplacementObstaclePlanner(self).askForSize(of: view)
        let columns = CopiedColumnPlanner(self).sources(of: CatalogObject(.table, view.name))
        plan.note(
            "\(view.name): the rows that the view shows are copied once, each column from the one behind it: "
                + "\(columns.joined(separator: ", ")). What is written to the tables of that afterwards does not reach it: "
                + (found.live[view, .definition] ?? ""))
    }

    // MARK: - Rows

    private func insertion(
        into table: CatalogObject, _ columns: [CopiedColumn], _ carried: [(String, String)] = [], from old: String
    ) throws(SQLTextError) -> String {
        let copied = columns.filter { $0.value != nil }.map { ($0.quoted, $0.value ?? "") } + carried
        return "INSERT INTO \(try qualified(table.name)) (\(copied.map(\.0).joined(separator: ", ")))\nSELECT "
            + "\(copied.map(\.1).joined(separator: ", "))\nFROM \(old) AS r"
    }

    /// How whoever has set a table aside copies its rows: the partitions for them, and a statement that may be given a WHERE.
    ///
    /// - Parameter old: its name by then.
    func copying(
        of table: CatalogObject, from old: String
    ) throws(SQLTextError) -> (partitions: String?, statement: String) {
        let columns = try CopiedColumnPlanner(self).copiedColumns(of: table)
        let isPartitioned = expected[table, .partitionKey] != nil
        return (
            isPartitioned ? try months(of: table, columns, from: old) : nil,
            try insertion(into: table, columns, from: old)
        )
    }

    /// A partition for each month of the rows, as the migration makes those of the present.
    private func months(
        of table: CatalogObject, _ columns: [CopiedColumn], from old: String
    ) throws(SQLTextError) -> String {
        let text = EmbeddedSQL.text(
            EmbeddedSQL.platformFolder + "migrations/0001_consolidated_schema/tables/first_partitions.sql")
        let key = DeparsedExpression(expected[table, .partitionKey] ?? "").names(after: "RANGE ")?.first
        let value = columns.first { $0.column.name == key }?.value ?? "now()"
        // The file makes four months from what it takes for the present.
        return """
            DO $pgtend$
            DECLARE
                month timestamp;
            BEGIN
                PERFORM set_config('pgtend.parent', \(try SQLLiteral(table.name).quoted), true);
                FOR month IN
                    SELECT m.first
                    FROM (SELECT min(\(value)) AS lower, max(\(value)) AS upper FROM \(old) AS r) AS b
                    CROSS JOIN LATERAL generate_series(date_trunc('month', b.lower AT TIME ZONE 'UTC'),
                        date_trunc('month', b.upper AT TIME ZONE 'UTC'), interval '4 months') AS m (first)
                    UNION ALL
                    SELECT now() AT TIME ZONE 'UTC'
                LOOP
                    PERFORM set_config('pgtend.now', month || '+00', true);
                    EXECUTE \(try SQLLiteral(text).quoted);
                END LOOP;
                PERFORM set_config('pgtend.now', '', true);
            END
            $pgtend$
            """
    }

    private static func countingAlike(_ old: String, _ new: String) -> String {
        """
        DO $pgtend$
        BEGIN
            IF (SELECT count(*) FROM \(old)) <> (SELECT count(*) FROM \(new)) THEN
                RAISE EXCEPTION 'not all rows were copied from \(old) to \(new)';
            END IF;
        END
        $pgtend$
        """
    }

    // MARK: - What is carried over

    /// Triggers and policies, under their names: what is to become of them is planned as on any other table.
    private func carriedParts(of table: CatalogObject) throws(SQLTextError) -> [String] {
        let name = try qualified(table.name)
        var statements: [String] = []
        let dropped = comparison.foresight.partsDropped
        let isForeign = found.difference(table, .owner) != nil
        if let former = found.live[table, .owner], isForeign, !found.live.isSuperuser(former),
            expected[table, .rowSecurity] != nil, found.live[table, .rowSecurity] != "FORCED",
            !found.live.contains(CatalogObject(.policy, ReservedName.formerOwner, of: table.name))
        {
            statements.append(try PossessionPlanner.sight(of: name, for: former))
        }
        for trigger in found.live.parts(.trigger, of: table.name) where !dropped.contains(trigger) {
            guard let definition = found.live[trigger, .definition] else { continue }
            statements.append(definition)
            if found.live[trigger, .state] == "DISABLED" {
                statements.append("ALTER TABLE \(name) DISABLE TRIGGER \(try SQLIdentifier(trigger.name).quoted)")
            }
        }
        for policy in found.live.parts(.policy, of: table.name) where !dropped.contains(policy) {
            statements.append(
                "CREATE POLICY \(try SQLIdentifier(policy.name).quoted) ON \(name) \(found.live[policy, .definition] ?? "")"
            )
        }
        return statements
    }

    /// - Parameter isView: whether what is granted on it says nothing of what only a table has, such as triggers.
    private static func carryingGrants(from old: String, to new: String, isView: Bool) -> String {
        """
        DO $pgtend$
        DECLARE
            given record;
        BEGIN
            FOR given IN
                SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee,
                    a.privilege_type, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS option
                FROM pg_class AS c
                CROSS JOIN LATERAL aclexplode(c.relacl) AS a
                WHERE c.oid = '\(old.replacing("'", with: "''"))'::regclass AND a.grantee <> c.relowner
                    AND (NOT \(isView) OR a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))
            LOOP
                EXECUTE format('GRANT %s ON TABLE \(new.replacing("'", with: "''").replacing("%", with: "%%")) TO %s%s',
                    given.privilege_type, given.grantee, given.option);
                EXECUTE format('REVOKE ALL ON TABLE \(old.replacing("'", with: "''").replacing("%", with: "%%")) FROM %s',
                    given.grantee);
            END LOOP;
        END
        $pgtend$
        """
    }

    private func noteWhatStays(of table: CatalogObject, _ aside: String) throws(SQLTextError) {
        plan.note(
            "\(table.name) is copied, and stays as \(aside) with all its values; once nobody needs it: "
                + "DROP \(table.kind.keyword) \(try qualified(aside))")
        for key in comparison.incomingKeys(of: table.name, in: found.live) where !expected.contains(key) {
            plan.note(
                "\(key.relation): \(key.name) goes (\(found.live[key, .definition] ?? "")): the key of a partitioned "
                    + "table has the column that it is partitioned by")
        }
        let parts =
            found.live.parts(.index, of: table.name)
            + found.live.parts(.constraint, of: table.name).filter {
                !ConstraintDefinition(found.live[$0, .definition] ?? "").isPrimaryKey
            }
        for part in parts where !expected.contains(part) {
            plan.note(
                "\(table.name): \(part.kind.rawValue) \(part.name) stays with \(aside): "
                    + "\(found.live[part, .definition] ?? ""); make it again where it is still needed")
        }
    }
}

extension SchemaComparison {
    /// Foreign keys of other tables of the schema, and of the table itself, that refer to it.
    func incomingKeys(of table: String, in facts: CatalogFacts) -> [CatalogObject] {
        facts.objects(.constraint).filter { key in
            let definition = ConstraintDefinition(facts[key, .definition] ?? "")
            return definition.isForeignKey && definition.referencedTable == table && key.relation != table
                && expected.contains(CatalogObject(.table, key.relation))
        }
    }

    func rules(of columns: [CatalogObject]) -> [RepairRule] { columns.compactMap(rule) }

    /// Whether the caller wants it to be replaced, and it has not been yet.
    func isToBeReplaced(_ table: CatalogObject) -> Bool {
        choices.replaced.contains { $0.isSame(as: table.name) } && Foresight.isReplaced(table.name, foresight.found)
    }

    /// Whether the table will have been replaced when the steps of its columns, indexes and constraints come.
    func isReplaced(_ table: CatalogObject) -> Bool { foresight.tablesReplaced.contains(table) }
}
