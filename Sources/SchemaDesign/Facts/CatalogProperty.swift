/// What a fact says of an object. A property at its default has no fact.
package struct CatalogProperty: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    private init(_ name: String) {
        rawValue = name
    }

    package static let attributes = Self("attributes")
    package static let bounds = Self("bounds")
    /// Of a table with its partitions, on disk; of the live one only.
    package static let bytes = Self("bytes")
    package static let collation = Self("collation")
    package static let columns = Self("columns")
    package static let comment = Self("comment")
    package static let `default` = Self("default")
    package static let definition = Self("definition")
    /// Of a table or a partition: those of its foreign keys, by which the keys do not hold.
    package static let disabledTriggers = Self("disabled triggers")
    /// Of an index: the extensions whose operators it needs.
    package static let `extension` = Self("extension")
    package static let generated = Self("generated")
    /// Of a table: those that read its rows as their own.
    package static let inherits = Self("inherits")
    package static let inheritedBy = Self("inherited by")
    /// Of an IVFFlat index; it follows the number of rows and is not compared.
    package static let lists = Self("lists")
    /// Of a role: which other roles of the schema are members of it.
    package static let members = Self("members")
    /// `NOT NULL`, or of PostgreSQL 18 `NOT NULL NOT VALID`.
    package static let null = Self("null")
    /// The name of one that is not validated; of the live one only.
    package static let notNullConstraint = Self("not null constraint")
    package static let options = Self("options")
    package static let owner = Self("owner")
    package static let partitionForThePresent = Self("partition for the present")
    package static let partitionKey = Self("partition key")
    /// Of an index on a partitioned table: the partitions that have their part of it; of the live one only.
    package static let partitions = Self("partitions")
    /// Of a partitioned table: those in other schemas.
    package static let partitionsElsewhere = Self("partitions elsewhere")
    /// Of a partitioned table: those that are partitioned themselves.
    package static let partitionsWithPartitions = Self("partitions with partitions")
    package static let persistence = Self("persistence")
    /// Of a column, from 1; not compared.
    package static let position = Self("position")
    /// Of an extension, recorded only: `optional`, or `at least 0.8`.
    package static let requirement = Self("requirement")
    /// Of a role: which roles outside the schema it is a member of that see what the schema hides.
    package static let rightsOfOthers = Self("rights of others")
    /// Of a table with its partitions, as last counted by ANALYZE; of the live one only.
    package static let rows = Self("rows")
    /// Of an extension: which of the schema's roles have no right to use the schema that it lives in; of the live one only.
    package static let rolesWithoutUse = Self("roles that cannot use it")
    package static let rowSecurity = Self("row security")
    package static let schema = Self("schema")
    package static let signature = Self("signature")
    package static let state = Self("state")
    /// Of a column, where it is not its type's.
    package static let storage = Self("storage")
    package static let type = Self("type")
    package static let version = Self("version")

    /// The privileges of a role, or of `PUBLIC`.
    package static func grants(to role: String) -> Self { Self("\(grantsPrefix)\(role)") }

    /// Whose privileges it tells.
    package var grantee: String? {
        rawValue.hasPrefix(Self.grantsPrefix) ? String(rawValue.dropFirst(Self.grantsPrefix.count)) : nil
    }

    private static let grantsPrefix = "grants to "

    /// Whether its value is the server's deparse of an expression, which differs between major versions.
    package var isDeparsed: Bool { [.default, .definition, .generated, .partitionKey].contains(self) }
}

extension CatalogProperty: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
