import EmbeddedSQL
import Maintenance
import PostgresClient

/// What stands before any table: roles, extensions, the schema, types and functions.
extension SchemaPlanner {
    /// These files of the migration find out by themselves what is there.
    mutating func planFoundation() {
        let files: [(kind: CatalogObject.Kind, file: String)] = [
            (.role, "m0001_roles.sql"), (.schema, "m0001_schema.sql"), (.extension, "m0001_extensions.sql"),
        ]
        for (kind, file) in files {
            let gaps = gap.missing + gap.different.filter { $0.property != .comment }.map(\.object)
            guard let object = gaps.first(where: { $0.kind == kind }) else { continue }
            add(.foundation, object, .together, "\(object) is missing or different", EmbeddedSQL.text(file))
        }
        for difference in gap.different where difference.object.kind == .extension {
            refuse(
                difference.object,
                "expected version \(difference.expected ?? "?"), found \(difference.found ?? "none")",
                cure: "install the newer package, then run: ALTER EXTENSION \(difference.object.name) UPDATE")
        }
    }

    mutating func planTypes() throws(PostgresError) {
        for object in gap.missing where object.kind == .type {
            add(
                .types, object, .together, "the type is missing",
                "CREATE TYPE \(try qualified(object.name)) AS \(expected[object, .definition] ?? "")",
                "ALTER TYPE \(try qualified(object.name)) OWNER TO \(try owner(object))")
        }
        for difference in gap.different where difference.object.kind == .type && difference.property == .definition {
            refuse(
                difference.object,
                "expected \(difference.expected ?? "?"), found \(difference.found ?? "?")",
                cure: "values of a type cannot be taken back: bring it to the expected values and their order by hand")
        }
        for difference in gap.different where difference.object.kind == .type && difference.property == .owner {
            add(
                .types, difference.object, .together, "the type belongs to \(difference.found ?? "another")",
                "ALTER TYPE \(try qualified(difference.object.name)) OWNER TO \(try owner(difference.object))")
        }
    }

    mutating func planRoutines() throws(PostgresError) {
        let gaps = gap.missing + gap.different.map(\.object)
        for object in expected.objects(.function) where gaps.contains(object) {
            let isNew = !live.contains(object)
            let isOther = difference(object, .signature) != nil
            guard isNew || isOther || difference(object, .definition) != nil || difference(object, .owner) != nil else {
                continue
            }
            let name = try functionName(object)
            var statements = ["SET LOCAL check_function_bodies = off"]
            // What returns something else cannot be replaced; where others depend on it the server names them.
            if isOther { statements.append("DROP FUNCTION \(name)") }
            statements.append(expected[object, .definition] ?? "")
            statements.append("ALTER FUNCTION \(name) OWNER TO \(try owner(object))")
            let purpose = isNew ? "the function is missing" : "the function is another one"
            let step = SchemaStep(object, .together, purpose, statements)
            append(step, to: .functions)
        }
    }

    func owner(_ object: CatalogObject) throws(PostgresError) -> String {
        try SQLIdentifier(expected[object, .owner] ?? "").quoted
    }

    /// A function with the types of its arguments, which are the server's own words.
    func functionName(_ object: CatalogObject) throws(PostgresError) -> String {
        let parenthesis = object.name.firstIndex(of: "(") ?? object.name.endIndex
        return try qualified(String(object.name[..<parenthesis])) + object.name[parenthesis...]
    }
}
