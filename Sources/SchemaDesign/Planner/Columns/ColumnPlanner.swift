import SQLText

extension SchemaPlanner {
    /// The CHECK that stands for NOT NULL while it is validated.
    package static let notNullPrefix = "\(prefix)not_null_"

    mutating func planColumn(_ column: CatalogObject) throws(SQLTextError) {
        guard try mayChangeType(column) else { return }
        if let former = formerColumn(of: column) {
            try planMerge(former, column)
            // With one value in each row first.
            if needsConversion(column) { return }
        }
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
            if difference(column, .storage) != nil { try planStorage(column) }
        }
    }

    private mutating func planStorage(_ column: CatalogObject) throws(SQLTextError) {
        guard let statement = try setStorage(column) else { return }
        addBriefly(
            .columns, column.relation, .shareUpdateExclusive,
            "\(column.name) is stored as \(live[column, .storage] ?? "its type is")", statement)
    }

    /// nil for a column that is stored as its type is.
    func setStorage(_ column: CatalogObject) throws(SQLTextError) -> String? {
        guard let storage = expected[column, .storage] else { return nil }
        return "ALTER TABLE \(try qualified(column.relation)) ALTER COLUMN \(try SQLIdentifier(column.name).quoted) "
            + "SET STORAGE \(storage)"
    }

    // MARK: - New columns

    private mutating func planNewColumn(_ column: CatalogObject) throws(SQLTextError) {
        let table = try qualified(column.relation)
        let rule = rule(column.relation, column.name)
        let isMandatory = expected[column, .null] != nil
        let value = expected[column, .default]
        let isFilled = rule != nil || value.map { Self.isVolatile($0) } ?? false
        if rule == nil { try noteRenaming(of: column) }
        if !isFilled, isMandatory, value == nil, expected[column, .generated] == nil {
            // Nothing says what the rows that stand should have.
            ask(
                column, "SELECT NULL::text AS value, count(*) AS count FROM \(table) HAVING count(*) > 0",
                "have no value for the new column \(column.name), which must not be NULL",
                cure: "add the column by hand with a value for each row, then repeat the command")
        }
        if isMandatory, let expression = generating(column) {
            ask(
                column,
                "SELECT NULL::text AS value, count(*) AS count FROM \(table) AS r WHERE (\(expression)) IS NULL "
                    + "HAVING count(*) > 0",
                "would have no \(column.name), which is generated as \(expression) and must not be NULL",
                cure: "give these rows values of which \(expression) is not NULL, then repeat the command")
        }
        guard isFilled else {
            addBriefly(
                .columns, column.relation, .accessExclusive, "the column \(column.name) is missing",
                "ALTER TABLE \(table) ADD COLUMN \(try columnDefinition(column))")
            try planStorage(column)
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
        try planStorage(column)
        try planFilling(column)
        try planNull(column)
    }

    /// What a column is generated as; nil for one that is not.
    private func generating(_ column: CatalogObject) -> String? {
        guard let rest = expected[column, .generated]?.dropped("ALWAYS AS ("), let end = rest.lastIndex(of: ")")
        else { return nil }
        return String(rest[..<end])
    }

    /// Nothing tells a column that somebody has renamed from one that is missing beside one that nobody expects.
    private mutating func noteRenaming(of column: CatalogObject) throws(SQLTextError) {
        let others = live.parts(.column, of: column.relation).filter { other in
            !expected.contains(other) && !other.name.hasPrefix(Self.prefix)
                && live[other, .type] == expected[column, .type]
        }
        guard !others.isEmpty else { return }
        notes.append(
            "\(column.relation): \(column.name) is missing, and is added without values; where it is "
                + "\(others.map(\.name).joined(separator: " or ")) under another name, rename that first: ALTER TABLE "
                + "\(try qualified(column.relation)) RENAME COLUMN … TO \(try SQLIdentifier(column.name).quoted)")
    }

    /// ADD COLUMN evaluates any other default once, and stores it without touching a row.
    private static func isVolatile(_ expression: String) -> Bool {
        ["gen_random_uuid()", "clock_timestamp()", "random()", "nextval("].contains { expression.contains($0) }
    }

    // MARK: - NOT NULL

    /// A CHECK is validated while others write; SET NOT NULL then believes it and reads no row.
    mutating func planNull(_ column: CatalogObject) throws(SQLTextError) {
        let table = try qualified(column.relation)
        let name = try SQLIdentifier(column.name).quoted
        let isMandatory = expected[column, .null] != nil
        if live.contains(column), !isMandatory, live[column, .null] != nil {
            // Together with the change of its default, by which writers may live.
            addBriefly(
                .columns, column.relation, .accessExclusive, "\(column.name) may be NULL",
                "ALTER TABLE \(table) ALTER COLUMN \(name) DROP NOT NULL")
        }
        guard isMandatory, !isNotNull(column) else { return }
        if let constraint = live[column, .notNullConstraint] {
            // SET NOT NULL would read the rows under its lock, whatever CHECK stands.
            try validate(column, constraint, in: .indexes, for: "\(column.name) is NOT NULL, but not validated")
            if try fillingRule(column) != nil { try planEndOfSync(column, in: .swaps) }
            return
        }
        try planNotNull(column, on: column.name)
        let check = try SQLIdentifier(Self.notNullPrefix + column.name).quoted
        addBriefly(
            .swaps, column.relation, .accessExclusive, "\(column.name) must not be NULL",
            "ALTER TABLE \(table) ALTER COLUMN \(name) SET NOT NULL",
            "ALTER TABLE \(table) DROP CONSTRAINT IF EXISTS \(check)")
        if try fillingRule(column) != nil { try planEndOfSync(column, in: .swaps) }
    }

    /// Whether no row of the live column is NULL.
    func isNotNull(_ column: CatalogObject) -> Bool { live[column, .null] == "NOT NULL" }

    /// The CHECK, validated.
    ///
    /// - Parameter name: of what stands for the column as long as it is under conversion.
    mutating func planNotNull(_ column: CatalogObject, on name: String) throws(SQLTextError) {
        let check = CatalogObject(.constraint, Self.notNullPrefix + column.name, of: column.relation)
        let purpose = "\(column.name) must not be NULL"
        let definition = live[check, .definition]
        if definition == nil {
            // Rows that break it could not be changed any more, whatever of them is written.
            try planGuard(
                column, "r.\(try SQLIdentifier(name).quoted) IS NULL",
                "\(column.relation) has rows without \(column.name)",
                purpose)
            addBriefly(
                .constraints, column.relation, .accessExclusive, purpose,
                "ALTER TABLE \(try qualified(column.relation)) ADD CONSTRAINT \(try SQLIdentifier(check.name).quoted) "
                    + "CHECK (\(try SQLIdentifier(name).quoted) IS NOT NULL) NOT VALID")
        }
        // After every CHECK of the phase stands.
        if definition?.hasSuffix("NOT VALID") ?? true { try validate(column, check.name, in: .indexes, for: purpose) }
    }

    /// Reads the rows, behind all that changes them, and fails where some are as they must not be: they are counted anew
    /// then, and nothing stands yet that would fail whoever writes them.
    mutating func planGuard(
        _ column: CatalogObject, _ condition: String, _ trouble: String, _ purpose: String
    ) throws(SQLTextError) {
        append(
            SchemaStep(
                column, .patiently([]), purpose, [try guarding(column.relation, condition, trouble)]), to: .values)
    }

    /// A statement that fails where a row `r` meets the condition: the rows are counted anew then.
    private func guarding(
        _ table: String, _ condition: String, _ trouble: String
    ) throws(SQLTextError) -> String {
        """
        DO $pgtend$
        BEGIN
            IF EXISTS (SELECT FROM \(try qualified(table)) AS r WHERE \(condition)) THEN
                RAISE check_violation USING MESSAGE = \(try SQLLiteral(trouble).quoted);
            END IF;
        END
        $pgtend$
        """
    }

    // MARK: - Type, default

    /// Where no row has to be rewritten, or few, and every value stays what it is.
    private mutating func planType(_ column: CatalogObject) throws(SQLTextError) {
        guard let change = typeChange(of: column) else { return }
        let (found, wanted) = change
        if isInPartitionKey(column) { return refuseKey(column, column, "partition key") }
        let table = try qualified(column.relation)
        let name = try SQLIdentifier(column.name).quoted
        try askForViews(on: column)
        try askForDependants(of: column, isRenamed: false)
        try askForReaders(of: column, from: found, to: wanted)
        try askForZone(of: column)
        let isTooLong = Self.length(wanted) != nil
        ask(
            column, try unfitValues(of: column, for: wanted).query,
            "\(column.name) has values that are \(isTooLong ? "too long for" : "no") \(wanted)",
            cure: "\(isTooLong ? "shorten them" : "give these rows other values"), then repeat the command")
        let zone = found.hasPrefix("timestamp") && wanted.hasPrefix("timestamp") ? ", taken as UTC" : ""
        let using = try isCastByText(column, change) ? " USING \(name)::text::\(wanted)" : ""
        // That of an identity stays.
        var changes = live[column, .default] == nil ? [] : ["ALTER COLUMN \(name) DROP DEFAULT"]
        changes.append("ALTER COLUMN \(name) TYPE \(wanted)\(using)")
        if let value = expected[column, .default] { changes.append("ALTER COLUMN \(name) SET DEFAULT \(value)") }
        var statements = ["ALTER TABLE \(table) \(changes.joined(separator: ", "))"]
        if !Self.isWider(wanted, than: found) {
            // Somebody may have written another value since they were looked at.
            let trouble = "\(column.relation) has values of \(column.name) that \(wanted) would alter"
            statements.insert(try guarding(column.relation, try isLost(column, change), trouble), at: 0)
        }
        addBriefly(
            .columns, column.relation, .accessExclusive, "\(column.name) is \(found)\(zone)", statements)
    }

    static func isText(_ type: String) -> Bool { type == "text" || type.hasPrefix("character varying") }

    /// n of `character varying(n)`.
    static func length(_ type: String) -> Int? {
        type.dropped("character varying(").flatMap { Int($0.dropLast()) }
    }

    /// Counts the values that a type cannot take.
    func unfitValues(of column: CatalogObject, for wanted: String) throws(SQLTextError) -> SchemaQuestion {
        let value = try text(of: column, as: wanted)
        return SchemaQuestion(
            object: column,
            query:
                "SELECT \(Self.shown(value)) AS value, count(*) AS count FROM \(try qualified(column.relation)) AS r "
                + "WHERE \(value) IS NOT NULL AND \(try isUnfit(value, for: wanted)) GROUP BY 1 ORDER BY 2 DESC")
    }

    /// As a type cannot take it: cutting a text to a length is no cast that anybody asks for.
    func isUnfit(_ text: String, for wanted: String) throws(SQLTextError) -> String {
        if let length = Self.length(wanted) { return "length(\(text)) > \(length)" }
        return Self.isText(wanted) ? "false" : try isNoValue(text, of: wanted)
    }

    /// A value in a refusal; one that is longer ends in an ellipsis.
    static func shown(_ text: String) -> String {
        "CASE WHEN length(\(text)) > 200 THEN left(\(text), 200) || '…' ELSE \(text) END"
    }

    /// Whether a text is none of a type's values. Before PostgreSQL 16 nothing but the cast itself tells, and the server
    /// names the first that it cannot make.
    func isNoValue(_ text: String, of type: String) throws(SQLTextError) -> String {
        major >= 16
            ? "NOT pg_input_is_valid(\(text), \(try SQLLiteral(type).quoted))" : "(\(text))::\(type) IS NULL"
    }

    private mutating func planDefault(_ column: CatalogObject) throws(SQLTextError) {
        guard let value = difference(column, .default), difference(column, .type) == nil else { return }
        addBriefly(
            .columns, column.relation, .accessExclusive, "\(column.name) has another default",
            "ALTER TABLE \(try qualified(column.relation)) ALTER COLUMN \(try SQLIdentifier(column.name).quoted) "
                + (value.expected.map { "SET DEFAULT \($0)" } ?? "DROP DEFAULT"))
    }

    private mutating func planGenerated(_ column: CatalogObject) throws(SQLTextError) {
        for property in [CatalogProperty.generated, .collation] {
            guard let other = difference(column, property) else { continue }
            refuse(
                column,
                "\(property.rawValue): expected \(other.expected ?? "none"), found \(other.found ?? "none")",
                cure: "bring the column to it by hand: the server would rewrite the table under its lock")
        }
    }
}
