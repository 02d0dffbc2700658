import SQLText

/// A materialized view, and what determines how it can be refreshed.
package struct MaterializedView: Hashable, Sendable {
    package var oid: UInt32
    package var name: RelationName
    package var owner: String
    /// Whoever may become it may do everything.
    package var ownerIsSuperuser = false
    /// A name among its own and what belongs to it of which no statement can be made.
    package var undecodable: UndecodableName?
    /// Whether pgtend's role may refresh it: as its owner, or from PostgreSQL 17 on with MAINTAIN.
    package var mayRefresh: Bool
    /// Whether pgtend's role may SET ROLE to the owner.
    package var mayActAsOwner: Bool
    package var isPopulated: Bool
    /// Whether it has a valid unique index on plain columns without a WHERE, which CONCURRENTLY requires.
    package var hasUniqueIndex: Bool
    /// The names of such indexes, five at most.
    package var uniqueIndexes: [String] = []
    /// Those that are like them but invalid: left by a CREATE INDEX CONCURRENTLY that failed. Five at most.
    package var invalidIndexes: [String] = []
    /// The OIDs of the materialized views that it reads, directly or through plain views and functions whose body is BEGIN
    /// ATOMIC.
    package var dependsOn: Set<UInt32>
    /// What it runs that finds names by the search_path of the refresh.
    package var unqualified: UnqualifiedNames
    /// nil where its schema belongs to its owner or to a superuser.
    package var foreignSchema: ForeignSchema?
    /// Whether pgtend's role may keep that schema from being renamed during a refresh.
    package var mayPinSchema: Bool
    /// Code of others in its indexes and statistics, which a refresh would run.
    package var foreignCode: ForeignCode?

    package init(
        oid: UInt32, name: RelationName, owner: String, mayRefresh: Bool = true, mayActAsOwner: Bool = true,
        isPopulated: Bool = true,
        hasUniqueIndex: Bool = true, dependsOn: Set<UInt32> = [], unqualified: UnqualifiedNames = UnqualifiedNames(),
        foreignSchema: ForeignSchema? = nil, mayPinSchema: Bool = false, foreignCode: ForeignCode? = nil
    ) {
        self.oid = oid
        self.name = name
        self.owner = owner
        self.mayRefresh = mayRefresh
        self.mayActAsOwner = mayActAsOwner
        self.isPopulated = isPopulated
        self.hasUniqueIndex = hasUniqueIndex
        self.dependsOn = dependsOn
        self.unqualified = unqualified
        self.foreignSchema = foreignSchema
        self.mayPinSchema = mayPinSchema
        self.foreignCode = foreignCode
    }
}
