/// The fixed OIDs of built-in types, from PostgreSQL's `pg_type.dat`.
enum TypeOID {
    static let bool: UInt32 = 16
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let oid: UInt32 = 26
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let numeric: UInt32 = 1700
    static let boolArray: UInt32 = 1000
    static let int4Array: UInt32 = 1007
    static let textArray: UInt32 = 1009
    static let int8Array: UInt32 = 1016
    static let float8Array: UInt32 = 1022
    static let oidArray: UInt32 = 1028

    private static let names: [UInt32: String] = [
        bool: "boolean", 17: "bytea", 18: "\"char\"", name: "name", int8: "bigint", int2: "smallint", int4: "integer",
        text: "text", oid: "oid", 114: "json", float4: "real", float8: "double precision", 1042: "character",
        1043: "character varying", 1082: "date", 1083: "time", 1114: "timestamp without time zone",
        1184: "timestamp with time zone", 1186: "interval", numeric: "numeric", 2205: "regclass", 2206: "regtype",
        2278: "void", 2950: "uuid", 3802: "jsonb", boolArray: "boolean[]", 1003: "name[]", 1005: "smallint[]",
        int4Array: "integer[]", textArray: "text[]", 1015: "character varying[]", int8Array: "bigint[]",
        1021: "real[]", float8Array: "double precision[]", oidArray: "oid[]", 1231: "numeric[]",
    ]

    /// As SQL spells it, or the number for a type that is not built in.
    static func describe(_ oid: UInt32) -> String {
        names[oid] ?? "a type with OID \(oid)"
    }

    /// True for the types of this list that are no arrays. Of other types only the server knows what they are.
    static func isKnownScalar(_ oid: UInt32) -> Bool {
        names[oid].map { !$0.hasSuffix("[]") } ?? false
    }
}
