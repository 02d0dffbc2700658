import SQLText

/// A materialized view and what decides how it can be refreshed.
package struct MaterializedView: Hashable, Sendable {
    package var oid: UInt32
    package var name: RelationName
    package var owner: String
    /// Whether our role may refresh it: as its owner, or from 17 by MAINTAIN.
    package var mayRefresh: Bool
    /// Whether our role may SET ROLE to the owner.
    package var mayActAsOwner: Bool
    package var isPopulated: Bool
    /// A unique, valid index on plain columns without a WHERE: what CONCURRENTLY needs.
    package var hasUniqueIndex: Bool
    /// Materialized views that it reads, directly or through plain views.
    package var dependsOn: Set<UInt32>
    package var unpinnedFunctions: [String]

    package init(
        oid: UInt32, name: RelationName, owner: String, mayRefresh: Bool = true, mayActAsOwner: Bool = true,
        isPopulated: Bool = true,
        hasUniqueIndex: Bool = true, dependsOn: Set<UInt32> = [], unpinnedFunctions: [String] = []
    ) {
        self.oid = oid
        self.name = name
        self.owner = owner
        self.mayRefresh = mayRefresh
        self.mayActAsOwner = mayActAsOwner
        self.isPopulated = isPopulated
        self.hasUniqueIndex = hasUniqueIndex
        self.dependsOn = dependsOn
        self.unpinnedFunctions = unpinnedFunctions
    }
}
