/// What a plan has to know of the rows before anything is changed: a query that only reads.
package struct SchemaQuestion: Hashable, Sendable {
    package let object: CatalogObject
    /// Lists what stands in the way: the columns `value` (text, may be NULL) and `count`. No row: nothing does.
    package let query: String
    /// `$1` and on of the query.
    package let parameters: [Parameter]

    package let topic: Topic

    package enum Topic: Hashable, Sendable {
        case obstacles
        /// Values that a column of another type would alter.
        case alterations
    }

    package enum Parameter: Hashable, Sendable {
        case text(String)
        case texts([String])
        case flag(Bool)
    }

    package init(
        object: CatalogObject, query: String, parameters: [Parameter] = [], topic: Topic = .obstacles
    ) {
        self.object = object
        self.query = query
        self.parameters = parameters
        self.topic = topic
    }

    /// The query, answered with the most frequent values and one row for all others: millions of rows may differ.
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

    /// A row of the shortened answer.
    package struct Obstacle: Hashable, Sendable {
        /// Nil also where it stands for others.
        package let value: String?
        /// Of rows.
        package let count: Int
        /// How many rarer values it stands for; 0 where it is the one value that it names.
        package let others: Int

        package init(value: String?, count: Int, others: Int = 0) {
            self.value = value
            self.count = count
            self.others = others
        }
    }
}
