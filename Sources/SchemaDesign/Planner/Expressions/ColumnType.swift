/// A type as `format_type` writes it.
struct ColumnType: Equatable {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    /// `text` or `character varying` of any length.
    var isText: Bool { name == "text" || name.hasPrefix("character varying") }

    /// n of `character varying(n)`.
    var length: Int? { name.withoutPrefix("character varying(").flatMap { Int($0.dropLast()) } }

    /// Without its length or precision.
    var base: String {
        guard let open = name.firstIndex(of: "("), let close = name[open...].firstIndex(of: ")") else { return name }
        return String(name[..<open] + name[name.index(after: close)...])
    }

    var isArray: Bool { name.hasSuffix("[]") }
    var element: ColumnType { isArray ? ColumnType(String(name.dropLast(2))) : self }

    var isInteger: Bool { ["smallint", "integer", "bigint"].contains(name) }
    var isNumber: Bool { isInteger || ["numeric", "real", "double precision"].contains(base) }
    var isInstant: Bool { name == "date" || name.hasPrefix("timestamp") }

    /// Whether settings of the session decide how its values are written and read.
    var dependsOnSettings: Bool {
        ["date", "time", "interval", "real", "double precision"].contains { name.hasPrefix($0) }
    }
}

/// The type that a column has, and the one that it has to get.
struct TypeChange: Equatable {
    let found: ColumnType
    let wanted: ColumnType

    /// Whether it needs no rewrite of the table and keeps every value. A `timestamp` is taken as UTC, the time zone of
    /// our sessions.
    var isWidening: Bool {
        if found.isText, wanted.name == "text" || wanted.name == "character varying" { return true }
        if let old = found.length, let new = wanted.length { return new >= old }
        return found.name == "timestamp without time zone" && wanted.name == "timestamp with time zone"
    }

    /// Whether the values are texts to be read in the new type, or arrays of such texts.
    var isReadAsText: Bool {
        if found.isArray != wanted.isArray { return found.isText && !wanted.isText }
        return found.element.isText && !wanted.element.isText
    }

    var isBetweenNumbers: Bool { found.isNumber && wanted.isNumber }
    var isBetweenInstants: Bool { found.isInstant && wanted.isInstant }

    /// Whether indexes and constraints on the one type fit the other as well.
    var isReadAlike: Bool { found.base == wanted.base || found.isText && wanted.isText }
}
