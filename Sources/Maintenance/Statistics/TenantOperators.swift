/// The operators that compare the tenants of a corpus: those of the default order of their type.
package struct TenantOperators: Hashable, Sendable {
    package let schema: String
    /// The type whose they are, where they are not the server's own. Both sides are cast to it: for any other, such as a
    /// domain over it, whoever may CREATE in the schema could make an operator that the server would prefer.
    package let type: String?
    /// The declared type of the tenant where a function does the work, qualified: cast to it, the tenant leads to that
    /// function, and to none of another type that whoever may CREATE in its schema makes meanwhile.
    package var argument: String?

    package init(schema: String, type: String?) {
        self.schema = schema
        self.type = type
    }

    package static let builtIn = TenantOperators(schema: "pg_catalog", type: nil)
}
