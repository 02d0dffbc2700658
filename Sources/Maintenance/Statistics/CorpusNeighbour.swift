import SQLText

/// A table of another owner's that the server reads or writes, by foreign keys, where the figures are written. It is locked
/// as its owner meanwhile, since an index or a trigger that it gets would run with the rights of the corpus's.
package struct CorpusNeighbour: Hashable, Sendable {
    package var relation: RelationName
    package var owner: String

    package init(relation: RelationName, owner: String) {
        self.relation = relation
        self.owner = owner
    }

    package static func == (left: CorpusNeighbour, right: CorpusNeighbour) -> Bool {
        left.relation == right.relation && left.owner.isSame(as: right.owner)
    }
}
