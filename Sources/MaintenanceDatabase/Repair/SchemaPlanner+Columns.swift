import Maintenance
import PostgresClient

extension SchemaPlanner {
    /// The CHECK that stands for NOT NULL while it is validated.
    static let notNullPrefix = "\(prefix)not_null_"

    mutating func planColumn(_ column: CatalogObject) throws(PostgresError) {
        if needsConversion(column) {
            try planConversion(column)
        } else if !live.contains(column) {
            try planNewColumn(column)
        } else {
            try planType(column)
            try planDefault(column)
            try planFilling(column)
            try planNull(column)
            try planGenerated(column)
        }
    }

    // MARK: - New columns

    private mutating func planNewColumn(_ column: CatalogObject) throws(PostgresError) {
        let table = try qualified(column.relation)
        let rule = rule(column.relation, column.name)
        let isMandatory = expected[column, .null] != nil
        let value = expected[column, .default]
        let isFilled = rule != nil || value.map { Self.isVolatile($0) } ?? false
        if !isFilled, isMandatory, value == nil, expected[column, .generated] == nil {
            // Nothing says what the rows that stand should have.
            ask(
                column, "SELECT NULL::text AS value, count(*) AS count FROM \(table) HAVING count(*) > 0",
                "have no value for the new column \(column.name), which must not be NULL",
                cure: "add the column by hand with a value for each row, then repeat the command")
        }
        guard isFilled else {
            addBriefly(
                .columns, column.relation, .accessExclusive, "the column \(column.name) is missing",
                "ALTER TABLE \(table) ADD COLUMN \(try columnDefinition(column))")
            return
        }
        // Without a default first: one that is different for each row would rewrite the table under its lock.
        let name = try SQLIdentifier(column.name).quoted
        addBriefly(
            .columns, column.relation, .accessExclusive, "the column \(column.name) is missing",
            "ALTER TABLE \(table) ADD COLUMN \(name) \(expected[column, .type] ?? "")")
        if let value {
            addBriefly(
                .columns, column.relation, .accessExclusive, "the column \(column.name) is missing",
                "ALTER TABLE \(table) ALTER COLUMN \(name) SET DEFAULT \(value)")
        }
        try planFilling(column)
        try planNull(column)
    }

    /// ADD COLUMN evaluates any other default once, and stores it without touching a row.
    private static func isVolatile(_ expression: String) -> Bool {
        ["gen_random_uuid()", "clock_timestamp()", "random()", "nextval("].contains { expression.contains($0) }
    }

    // MARK: - Values of rows that stand

    /// Fills what a rule says how to fill, and NULLs of a column that must not have them with its constant default.
    private mutating func planFilling(_ column: CatalogObject) throws(PostgresError) {
        let name = try SQLIdentifier(column.name).quoted
        let isNew = !live.contains(column)
        let isMandatory = expected[column, .null] != nil && (isNew || live[column, .null] == nil)
        if let rule = rule(column.relation, column.name) {
            try planFilling(column, by: rule, isNew: isNew)
        } else if isMandatory, let value = expected[column, .default], !value.contains("(") || isNew {
            add(
                .values, column, .inBatches(backfill(column, "\(name) = \(value)", "r.\(name) IS NULL")),
                "rows without \(column.name) get its default")
        } else if isMandatory {
            ask(
                column,
                "SELECT NULL::text AS value, count(*) AS count FROM \(try qualified(column.relation)) AS r "
                    + "WHERE r.\(name) IS NULL HAVING count(*) > 0",
                "have no \(column.name), which must not be NULL",
                cure: "give them a value, then repeat the command")
        }
    }

    private mutating func planFilling(
        _ column: CatalogObject, by rule: RepairRule, isNew: Bool
    ) throws(PostgresError) {
        let name = try SQLIdentifier(column.name).quoted
        if let deriving = rule.deriving {
            let by = try SQLIdentifier(deriving).quoted
            let condition = rule.condition ?? "r.\(name) IS NULL"
            guard isNew || isFillable(column, rule) else { return }
            // Behind its trigger, and before any other: these rows do not change for anybody.
            append(
                SchemaStep(
                    column, .inBatches(backfill(column, "\(by) = r.\(by)", condition)),
                    "\(column.name) is derived from \(deriving)", []), to: .indexes)
            return
        }
        guard let value = rule.value, isNew || isFillable(column, rule) else { return }
        if let refusal = rule.refusal, !isNew || !refusal.contains("r.\(column.name)") {
            ask(
                column, refusal, "\(column.name) cannot be told",
                cure: "give these rows a \(column.name) by hand, then repeat the command")
        }
        if let before = rule.before {
            append(
                SchemaStep(column, .together, "what \(column.name) refers to has to be there", [before]), to: .values)
        }
        add(
            .values, column,
            .inBatches(backfill(column, "\(name) = (\(value))", rule.condition ?? "r.\(name) IS NULL")),
            "rows without \(column.name) get it")
    }

    /// A rule fills what stands only as long as the column lacks something that it should have.
    private func isFillable(_ column: CatalogObject, _ rule: RepairRule) -> Bool {
        difference(column, .null) != nil || rule.condition != nil && isLackingReference(column)
            || rule.deriving != nil && isUnderRepair(column.relation)
    }

    /// Its foreign key does not stand yet.
    private func isLackingReference(_ column: CatalogObject) -> Bool {
        expected.parts(.constraint, of: column.relation).contains { key in
            isForeignKey(key) && gap.missing.contains(key)
                && (expected[key, .definition] ?? "").contains("(\(column.name))")
        }
    }

    private func isUnderRepair(_ table: String) -> Bool {
        gap.missing.contains { $0.relation == table && ($0.kind == .trigger || $0.kind == .column) }
    }

    func backfill(_ column: CatalogObject, _ assignment: String, _ condition: String) -> Backfill {
        Backfill(tables: storages(of: column.relation), assignment: assignment, condition: condition)
    }

    // MARK: - NOT NULL

    /// A CHECK is validated while others write; SET NOT NULL then believes it and reads no row.
    mutating func planNull(_ column: CatalogObject) throws(PostgresError) {
        let table = try qualified(column.relation)
        let name = try SQLIdentifier(column.name).quoted
        let isMandatory = expected[column, .null] != nil
        if live.contains(column), !isMandatory, live[column, .null] != nil {
            addBriefly(
                .constraints, column.relation, .accessExclusive, "\(column.name) may be NULL",
                "ALTER TABLE \(table) ALTER COLUMN \(name) DROP NOT NULL")
        }
        guard isMandatory, live[column, .null] == nil else { return }
        try planNotNull(column.relation, column.name, of: column)
        let check = try SQLIdentifier(Self.notNullPrefix + column.name).quoted
        addBriefly(
            .swaps, column.relation, .accessExclusive, "\(column.name) must not be NULL",
            "ALTER TABLE \(table) ALTER COLUMN \(name) SET NOT NULL",
            "ALTER TABLE \(table) DROP CONSTRAINT IF EXISTS \(check)")
    }

    /// The CHECK, validated.
    ///
    /// - Parameter column: the one that is meant, where `name` only stands for it.
    mutating func planNotNull(
        _ relation: String, _ name: String, of column: CatalogObject
    ) throws(PostgresError) {
        let table = try qualified(relation)
        let check = CatalogObject(.constraint, Self.notNullPrefix + column.name, of: relation)
        let checkName = try SQLIdentifier(check.name).quoted
        let definition = live[check, .definition]
        if definition == nil {
            addBriefly(
                .constraints, relation, .accessExclusive, "\(column.name) must not be NULL",
                "ALTER TABLE \(table) ADD CONSTRAINT \(checkName) CHECK (\(try SQLIdentifier(name).quoted) IS NOT NULL) "
                    + "NOT VALID")
        }
        if definition?.hasSuffix("NOT VALID") ?? true {
            // After every CHECK of the phase stands.
            append(
                SchemaStep(
                    column,
                    .patiently([
                        LockRequirement(.shareUpdateExclusive, on: RelationName(schema: schema, name: relation))
                    ]), "\(column.name) must not be NULL",
                    ["ALTER TABLE \(table) VALIDATE CONSTRAINT \(checkName)"]), to: .indexes)
        }
    }

    // MARK: - Type, default

    /// Where no row has to be rewritten, or few.
    private mutating func planType(_ column: CatalogObject) throws(PostgresError) {
        guard let type = difference(column, .type), let wanted = type.expected, let found = type.found else { return }
        let zone = found.hasPrefix("timestamp") && wanted.hasPrefix("timestamp") ? ", taken as UTC" : ""
        addBriefly(
            .columns, column.relation, .accessExclusive, "\(column.name) is \(found)\(zone)",
            "ALTER TABLE \(try qualified(column.relation)) ALTER COLUMN \(try SQLIdentifier(column.name).quoted) "
                + "TYPE \(wanted)")
    }

    private mutating func planDefault(_ column: CatalogObject) throws(PostgresError) {
        guard let value = difference(column, .default) else { return }
        addBriefly(
            .columns, column.relation, .accessExclusive, "\(column.name) has another default",
            "ALTER TABLE \(try qualified(column.relation)) ALTER COLUMN \(try SQLIdentifier(column.name).quoted) "
                + (value.expected.map { "SET DEFAULT \($0)" } ?? "DROP DEFAULT"))
    }

    private mutating func planGenerated(_ column: CatalogObject) throws(PostgresError) {
        for property in [CatalogProperty.generated, .collation] {
            guard let other = difference(column, property) else { continue }
            refuse(
                column,
                "\(property.rawValue): expected \(other.expected ?? "none"), found \(other.found ?? "none")",
                cure: "bring the column to it by hand: the server would rewrite the table under its lock")
        }
    }
}
