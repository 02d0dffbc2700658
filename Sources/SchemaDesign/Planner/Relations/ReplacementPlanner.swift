import EmbeddedSQL
import SQLText

/// A table that is partitioned by something else than it should be, or not at all, is replaced by one that is as expected,
/// with all its rows, in one transaction. The old one stays beside it under another name, with every value that it had.
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
        let (name, aside) = (try qualified(table.name), Self.nameAside(of: table.name))
        try ReplacementObstaclePlanner(comparison: found, plan: plan).askForReaders(of: table)
        let values = CopiedColumnPlanner(self)
        let columns = try values.copiedColumns(of: table)
        try values.askForBreaches(of: table, columns)
        let partitions = found.live.parts(.partition, of: table.name).map(\.name)
        let old = try qualified(aside)

        var statements = try settingAside(table, partitions)
        statements += try TablePlanner(self).creation(of: table)
        for column in values.carriedColumns(of: table) {
            statements.append(
                "ALTER TABLE \(name) ADD COLUMN \(try SQLIdentifier(column.name).quoted) \(found.live[column, .type] ?? "")"
                    + (found.live[column, .default].map { " DEFAULT \($0)" } ?? ""))
        }
        statements.append(try months(of: table, columns, from: old))
        let carried = try values.carriedColumns(of: table).map { (column) throws(SQLTextError) in
            let name = try SQLIdentifier(column.name).quoted
            return (name, "r.\(name)")
        }
        let copied = columns.filter { $0.value != nil }.map { ($0.quoted, $0.value ?? "") } + carried
        statements.append(
            "INSERT INTO \(name) (\(copied.map(\.0).joined(separator: ", ")))\nSELECT "
                + "\(copied.map(\.1).joined(separator: ", "))\nFROM \(old) AS r")
        statements.append(Self.countingAlike(old, name))
        statements += try values.filledFromItself(table)
        for index in expected.parts(.index, of: table.name) where !gap.absent.contains(index) {
            guard let definition = expected[index, .definition] else { continue }
            statements.append(
                try comparison.createIndex(
                    index.name, definition, lists: expected[index, .lists], on: table.name))
        }
        statements += try carriedParts(of: table)
        statements.append(Self.carryingGrants(from: old, to: name))

        let key = expected[table, .partitionKey] ?? ""
        let was = found.live[table, .partitionKey].map { "PARTITION BY \($0)" } ?? "not partitioned"
        let locks = ([table.name] + partitions).map {
            LockRequirement(.accessExclusive, on: RelationName(schema: schema, name: $0))
        }
        plan.append(
            SchemaStep(table, .briefly(locks), "it is \(was), and has to be PARTITION BY \(key)", statements),
            to: .tables)
        try noteWhatStays(of: table, aside)
    }

    /// The name under which the old table stays.
    static func nameAside(of table: String) -> String { ReservedName.fitted(ReservedName.oldPrefix, table) }

    // MARK: - Setting aside

    private func settingAside(_ table: CatalogObject, _ partitions: [String]) throws(SQLTextError) -> [String] {
        let name = try qualified(table.name)
        var statements: [String] = []
        // They would refer to the old rows for ever, and the old ones keep the rows that they refer to.
        for key in comparison.incomingKeys(of: table.name, in: found.live) {
            statements.append(
                "ALTER TABLE \(try qualified(key.relation)) DROP CONSTRAINT \(try SQLIdentifier(key.name).quoted)")
        }
        for key in found.live.parts(.constraint, of: table.name)
        where ConstraintDefinition(found.live[key, .definition] ?? "").isForeignKey {
            statements.append("ALTER TABLE \(name) DROP CONSTRAINT \(try SQLIdentifier(key.name).quoted)")
        }
        let indexes =
            found.live.parts(.index, of: table.name)
            + found.live.parts(.constraint, of: table.name).filter {
                ConstraintDefinition(found.live[$0, .definition] ?? "").hasIndex
            }
        for index in indexes {
            let other = ReservedName.fitted(ReservedName.oldPrefix, index.name)
            statements.append(
                "ALTER INDEX \(try qualified(index.name)) RENAME TO \(try SQLIdentifier(other).quoted)")
        }
        for relation in partitions + [table.name] {
            let other = try SQLIdentifier(Self.nameAside(of: relation)).quoted
            statements.append("ALTER TABLE \(try qualified(relation)) RENAME TO \(other)")
        }
        return statements
    }

    // MARK: - Rows

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
        for trigger in found.live.parts(.trigger, of: table.name) {
            guard let definition = found.live[trigger, .definition] else { continue }
            statements.append(definition)
            if found.live[trigger, .state] == "DISABLED" {
                statements.append("ALTER TABLE \(name) DISABLE TRIGGER \(try SQLIdentifier(trigger.name).quoted)")
            }
        }
        for policy in found.live.parts(.policy, of: table.name) {
            statements.append(
                "CREATE POLICY \(try SQLIdentifier(policy.name).quoted) ON \(name) \(found.live[policy, .definition] ?? "")"
            )
        }
        return statements
    }

    private static func carryingGrants(from old: String, to new: String) -> String {
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
                + "DROP TABLE \(try qualified(aside))")
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

    /// Whether the table will have been replaced when the steps of its columns, indexes and constraints come.
    func isReplaced(_ table: CatalogObject) -> Bool { foresight.tablesReplaced.contains(table) }
}
