import SQLText

/// An object of a schema, as its facts name it.
package struct CatalogObject: Hashable, Sendable {
    /// In the order in which a report lists them.
    package enum Kind: String, CaseIterable, Sendable {
        case role, `extension`, schema, type, table
        case foreignTable = "foreign table"
        case sequence, column, constraint
        /// Of a table outside of the schema, to one of its own.
        case foreignKey = "foreign key"
        case index, partition, view
        case materializedView = "materialized view"
        case function, procedure, aggregate, cast, `operator`
        case operatorClass = "operator class"
        case operatorFamily = "operator family"
        case collation, conversion
        case textSearchConfiguration = "text search configuration"
        case textSearchDictionary = "text search dictionary"
        case trigger, policy, rule, statistics, publication, grant
        /// A role that may act as the schema's owner.
        case member
        /// What the schema does not set and leaves to an administrator, such as `fillfactor=80` of a relation or an index.
        case option
    }

    package let kind: Kind
    /// The relation that a column, a constraint, a foreign key, an index, a partition, a trigger, a policy, a rule,
    /// statistics or an option belongs to, and a publication that names it; of a member the role; empty for all others.
    package let relation: String
    /// Without its schema, but for casts, operators, foreign keys and statistics, which are as DROP names them. A function's includes the
    /// types of its arguments; that of a partition's column includes what differs from the parent's.
    package let name: String

    package init(_ kind: Kind, _ name: String, of relation: String = "") {
        self.kind = kind
        self.relation = relation
        self.name = name
    }

    /// Whether it belongs to a relation, and is created and dropped with it.
    package var isPart: Bool { !relation.isEmpty }

    package static func == (left: Self, right: Self) -> Bool {
        left.kind == right.kind && left.relation.isSame(as: right.relation) && left.name.isSame(as: right.name)
    }
}

extension CatalogObject: Comparable {
    package static func < (left: CatalogObject, right: CatalogObject) -> Bool {
        if left.kind != right.kind { return left.kind.place < right.kind.place }
        return left.relation.isSame(as: right.relation)
            ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
            : left.relation.utf8.lexicographicallyPrecedes(right.relation.utf8)
    }
}

extension CatalogObject.Kind {
    fileprivate var place: Int { Self.places[self] ?? 0 }

    private static let places = Dictionary(uniqueKeysWithValues: zip(allCases, allCases.indices))

    /// Whether objects of this kind have columns, and so parts.
    package var isRelation: Bool {
        switch self {
        case .table, .foreignTable, .view, .materializedView: true
        default: false
        }
    }
}

extension CatalogObject: CustomStringConvertible {
    /// For people: `column status of tasks`.
    package var description: String {
        isPart ? "\(kind.rawValue) \(name) of \(relation)" : "\(kind.rawValue) \(name)"
    }
}
