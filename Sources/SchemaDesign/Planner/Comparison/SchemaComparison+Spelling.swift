import SQLText

/// Parts of SQL that several planners need.
extension SchemaComparison {
    /// The name of something of the schema, as SQL writes it.
    func qualified(_ name: String) throws(SQLTextError) -> String {
        try QualifiedName(schema: schema, name: name).quoted
    }

    /// A function with the types of its arguments, as SQL writes it: the facts have its name in quotes where it needs them.
    func functionName(_ object: CatalogObject) throws(SQLTextError) -> String {
        "\(try SQLIdentifier(schema).quoted).\(object.name)"
    }

    func owner(_ object: CatalogObject) throws(SQLTextError) -> String {
        try SQLIdentifier(expected[object, .owner] ?? "").quoted
    }

    /// Names as SQL writes them, in a list.
    func identifiers(_ names: [String]) throws(SQLTextError) -> String {
        try names.map { (name) throws(SQLTextError) in try SQLIdentifier(name).quoted }.joined(separator: ", ")
    }

    /// Texts as SQL writes them, in a list.
    func literals(_ texts: [String]) throws(SQLTextError) -> String {
        try texts.map { (text) throws(SQLTextError) in try SQLLiteral(text).quoted }.joined(separator: ", ")
    }

    /// The labels of an enum of the schema, as a list of literals; nil for any other type.
    func enumLabels(_ type: String) -> String? {
        guard let name = type.withoutPrefix("\(schema)."),
            let definition = expected[CatalogObject(.type, name), .definition], definition.hasPrefix("ENUM (")
        else { return nil }
        return String(definition.dropFirst("ENUM (".count).dropLast())
    }

    /// As in CREATE TABLE and ADD COLUMN.
    func columnDefinition(_ column: CatalogObject) throws(SQLTextError) -> String {
        var words = [try SQLIdentifier(column.name).quoted, expected[column, .type] ?? ""]
        if let collation = expected[column, .collation] { words.append("COLLATE \(collation)") }
        if let generated = expected[column, .generated] { words.append("GENERATED \(generated)") }
        if let value = expected[column, .default] { words.append("DEFAULT \(value)") }
        if expected[column, .null] != nil { words.append("NOT NULL") }
        return words.joined(separator: " ")
    }

    /// nil for a column with the default storage of its type.
    func setStorage(_ column: CatalogObject) throws(SQLTextError) -> String? {
        guard let storage = expected[column, .storage] else { return nil }
        return "ALTER TABLE \(try qualified(column.relation)) ALTER COLUMN \(try SQLIdentifier(column.name).quoted) "
            + "SET STORAGE \(storage)"
    }

    /// - Parameters:
    ///   - definition: the definition to use, with another name and table.
    ///   - lists: of an IVFFlat index.
    ///   - isOnly: for a partitioned table alone, without its partitions.
    func createIndex(
        _ name: String, _ definition: String, lists: String? = nil, on table: String, isOnly: Bool = false,
        isConcurrent: Bool = false
    ) throws(SQLTextError) -> String {
        let definition = IndexDefinition(definition)
        let unique = definition.isUnique ? "UNIQUE " : ""
        let options = lists.map { " WITH (lists = \($0))" } ?? ""
        return "CREATE \(unique)INDEX \(isConcurrent ? "CONCURRENTLY " : "")\(try SQLIdentifier(name).quoted) "
            + "ON \(isOnly ? "ONLY " : "")\(try qualified(table))\(definition.using)\(options)"
    }
}
