import SQLText

/// What a refresh runs that finds names by the search_path, which may not be the one that it was written for.
package struct UnqualifiedNames: Hashable, Sendable {
    /// Functions that set no search_path, by whatever a query reaches them: a call, an operator, an aggregate, a cast, the
    /// CHECK of a domain, an index.
    package var functions: [Function]
    /// What of the server's own finds what a text names, such as `ts_stat`.
    package var textReaders: [String]

    package struct Function: Hashable, Sendable {
        /// With its schema and the types of its arguments, as SQL has it.
        package let name: String
        package let schema: String

        package init(name: String, schema: String) {
            self.name = name
            self.schema = schema
        }
    }

    package init(functions: [Function] = [], textReaders: [String] = []) {
        self.functions = functions
        self.textReaders = textReaders
    }
}

extension UnqualifiedNames {
    /// A name that is not there, or not on the search_path.
    package static let notFound: [SQLState] = [.undefinedFunction, .undefinedTable, .undefinedObject, .undefinedColumn]

    /// What to do where a name was not found; nil where nothing finds names by the search_path.
    ///
    /// - Parameter isRestricted: whether the server restricts the search_path of a refresh.
    func cure(for failure: ServerFailure, of view: RelationName, isRestricted: Bool) -> Cure? {
        let path =
            isRestricted
            ? "from PostgreSQL 17 a refresh runs with the search_path pg_catalog, pg_temp"
            : "before PostgreSQL 17 a refresh runs under the search_path of the role or database"
        // The server names the function whose body has failed in the CONTEXT.
        if !functions.isEmpty, textReaders.isEmpty || failure.detail?.contains("function") == true {
            let pins = functions.map { function in
                "ALTER FUNCTION \(function.name) SET search_path = \(RelationName.quoted(function.schema)), pg_temp"
            }
            return Cure(
                .statement,
                introduction: path
                    + ", and what it calls pins none of its own: qualify the names in the bodies, or pin it, with all schemas "
                    + "that they name things of",
                [pins.joined(separator: "; ")])
        }
        guard !textReaders.isEmpty else { return nil }
        return .advice(
            "\(path): make \(view) anew (pg_get_viewdef has its query) with a schema before each name in the text that is "
                + "given to \(textReaders.joined(separator: ", "))")
    }
}
