/// What a fact says about an object. A property that has its default value has no fact.
package struct CatalogProperty: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    private init(_ name: String) {
        rawValue = name
    }

    /// Of a policy: `PUBLIC`, or the roles that it is for, be it by way of others: those of the schema, their
    /// members, and owners of relations; live facts only.
    package static let appliesTo = Self("applies to")
    package static let attributes = Self("attributes")
    package static let bounds = Self("bounds")
    /// Of a trigger: the function of the schema that it calls; live facts only.
    package static let calls = Self("calls")
    /// Size on disk of a table with its partitions; live facts only.
    package static let bytes = Self("bytes")
    package static let collation = Self("collation")
    package static let columns = Self("columns")
    package static let comment = Self("comment")
    package static let `default` = Self("default")
    package static let definition = Self("definition")
    /// Of a grant: what a role gets on whatever the schema's own role makes.
    package static let defaultPrivileges = Self("default privileges")
    /// With which extensions something is dropped that is no member of them; of a relation, each with its part in
    /// parentheses, as ALTER … NO DEPENDS ON EXTENSION names it.
    package static let dependsOnExtension = Self("depends on extension")
    /// Of a table or a partition: the disabled triggers of its foreign keys, without which the keys are not enforced.
    package static let disabledTriggers = Self("disabled triggers")
    /// Of an index: the extensions whose operators it needs.
    package static let `extension` = Self("extension")
    /// Of statistics.
    package static let expressions = Self("expressions")
    package static let generated = Self("generated")
    /// Of a table: its parents, through which its rows are seen as well.
    package static let inherits = Self("inherits")
    /// Of a role that is none of the schema's: `NOINHERIT`.
    package static let inheritance = Self("inheritance")
    package static let inheritedBy = Self("inherited by")
    /// Of an IVFFlat index. It follows the number of rows and is not compared.
    package static let lists = Self("lists")
    /// Of a role: which other roles of the schema are members of it.
    package static let members = Self("members")
    /// `NOT NULL`, or from PostgreSQL 18 on `NOT NULL NOT VALID`.
    package static let null = Self("null")
    /// The extension that something of the schema was made a member of, as SQL writes it.
    package static let memberOfExtension = Self("member of extension")
    /// The name of a NOT NULL constraint that is not validated; live facts only.
    package static let notNullConstraint = Self("not null constraint")
    /// Of a table: the type that it is dropped with.
    package static let ofType = Self("of type")
    package static let options = Self("options")
    package static let owner = Self("owner")
    /// The privileges that the owner has taken from himself, and that whoever comes after him would not have either.
    package static let ownerLacks = Self("privileges that the owner lacks")
    package static let partitionForThePresent = Self("partition for the present")
    package static let partitionKey = Self("partition key")
    /// Of a table: a parent outside of the schema.
    package static let partitionOf = Self("partition of")
    /// Of an index on a partitioned table: the partitions that have an index attached to it; live facts only.
    package static let partitions = Self("partitions")
    /// Of a partitioned table: its partitions whose DETACH has begun and was not completed.
    package static let partitionsBeingDetached = Self("partitions being detached")
    /// Of a partitioned table: its partitions in other schemas.
    package static let partitionsElsewhere = Self("partitions elsewhere")
    /// Of a partitioned table: its partitions that are partitioned themselves.
    package static let partitionsWithPartitions = Self("partitions with partitions")
    package static let persistence = Self("persistence")
    /// Of a column, from 1; not compared.
    package static let position = Self("position")
    /// `NOTHING` of a table whose rows cannot be changed once it is published.
    package static let replicaIdentity = Self("replica identity")
    /// Of an extension, recorded only: `optional`, or `at least 0.8`.
    package static let requirement = Self("requirement")
    /// Of a role: the roles it is a member of that are none of the schema's and own or may do something in it, see what
    /// it hides, or do what the server has a predefined role for.
    package static let rightsOfOthers = Self("rights of others")
    /// Of a table with its partitions, as estimated by the last ANALYZE; live facts only.
    package static let rows = Self("rows")
    /// Of an extension: the roles of the schema without USAGE on the schema that it lives in; live facts only.
    package static let rolesWithoutUse = Self("roles that cannot use it")
    package static let rowSecurity = Self("row security")
    /// Of what has an expression: the functions in it that run a text, whose author nobody knows.
    package static let runsText = Self("runs a text")
    package static let schema = Self("schema")
    package static let signature = Self("signature")
    /// `DISABLED` of a trigger, `INVALID` of an index, `NOT POPULATED` of a materialized view.
    package static let state = Self("state")
    /// Of a column, where it differs from its type's.
    package static let storage = Self("storage")
    /// Of a function: the triggers that call it on tables outside of the schema, each as DROP TRIGGER names it.
    package static let triggersElsewhere = Self("triggers elsewhere")
    package static let type = Self("type")
    /// The functions, operators, types and the like that it uses and that are not the server's own: what its text may not
    /// tell, as f() may be f(integer DEFAULT 1), and IS DISTINCT FROM any operator.
    package static let uses = Self("uses")
    package static let version = Self("version")
    /// Of a trigger: the function of the schema whose work its own function does; live facts only.
    package static let work = Self("work")

    /// The privileges of a role, or of `PUBLIC`.
    package static func grants(to role: String) -> Self { Self("\(grantsPrefix)\(role)") }

    /// The role whose privileges it holds; nil for any other property.
    package var grantee: String? {
        rawValue.hasPrefix(Self.grantsPrefix) ? String(rawValue.dropFirst(Self.grantsPrefix.count)) : nil
    }

    private static let grantsPrefix = "grants to "

    /// Whether its value is deparsed by the server, in a form that differs between major versions.
    package var isDeparsed: Bool { [.default, .definition, .generated, .partitionKey].contains(self) }
}

extension CatalogProperty: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
