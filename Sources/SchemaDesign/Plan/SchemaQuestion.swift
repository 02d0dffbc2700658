/// A query that only reads, with which a plan asks what the rows or the catalog hold before anything is changed.
package struct SchemaQuestion: Hashable, Sendable {
    package let object: CatalogObject
    /// Lists the obstacles, with the columns `value` (text, may be NULL) and `count`; no row where there is none.
    package let query: String
    /// The values of `$1`, `$2` and so on.
    package let parameters: [Parameter]

    package let topic: Topic
    package let source: Source
    /// Whether a text of the live database is a part of the query: nobody's rights but those of the owner of the relation are
    /// for it, and where that is a superuser, none at all.
    package let isQuoting: Bool

    package enum Topic: Hashable, Sendable {
        case obstacles
        /// Values that a column of another type would alter.
        case alterations
        /// Values that are none of the type that a column gets.
        case misfits
        /// Whether the server has no cast to the type that a column gets.
        case missingCasts
    }

    /// What the query reads.
    package enum Source: Hashable, Sendable {
        case catalogs
        /// What pgtend has recorded, which is not to be read unless it is proved to be pgtend's.
        case record
        /// Rows of relations, all that the query reads; none for the one that the object is or belongs to. Whoever reads
        /// them runs code of their owners: expressions and predicates of indexes, functions of types.
        case rows(of: [String])

        static let rows = Source.rows(of: [])
    }

    /// The relations whose rows it reads.
    package var relations: [String] {
        guard case .rows(let relations) = source else { return [] }
        return relations.isEmpty ? [object.isPart ? object.relation : object.name] : relations
    }

    package enum Parameter: Hashable, Sendable {
        case text(String)
        case texts([String])
        case flag(Bool)
    }

    package init(
        object: CatalogObject, reading source: Source, query: String, parameters: [Parameter] = [],
        topic: Topic = .obstacles, quoting isQuoting: Bool = false
    ) {
        self.object = object
        self.query = query
        self.parameters = parameters
        self.topic = topic
        self.source = source
        self.isQuoting = isQuoting
    }

    /// The query with its ten most frequent values, and one row for all others: there may be millions of them.
    package var shortened: String {
        """
        WITH obstacle AS (
        \(query)
        ), ranked AS (
            SELECT o.value, o.count, row_number() OVER (ORDER BY o.count DESC, o.value) AS rank FROM obstacle AS o
        )
        SELECT r.value, r.count, 0::bigint AS others FROM ranked AS r WHERE r.rank <= 10
        UNION ALL
        SELECT NULL, sum(r.count)::bigint, count(*) FROM ranked AS r WHERE r.rank > 10 HAVING count(*) > 0
        ORDER BY 3, 2 DESC, 1
        """
    }

    /// A row of the answer to the shortened query.
    package struct Obstacle: Hashable, Sendable {
        /// nil for NULL, and for the row that stands for all other values.
        package let value: String?
        /// The number of rows with it.
        package let count: Int
        /// How many other values the row stands for; 0 for a row of a single value.
        package let others: Int

        package init(value: String?, count: Int, others: Int = 0) {
            self.value = value
            self.count = count
            self.others = others
        }
    }
}
