/// Why a template gave no query: a mistake in the program or its SQL, never in what a person wrote.
package struct QueryTemplateError: Error, Equatable {
    package enum Code: Sendable {
        /// A placeholder without an identifier.
        case missingIdentifier
        /// A `-- when` without its `-- end`.
        case unclosedSection
    }

    package let code: Code

    /// The placeholder or the section.
    package let name: String
}

extension QueryTemplateError: CustomStringConvertible {
    package var description: String {
        switch code {
        case .missingIdentifier: "the query's placeholder {\(name)} was given no identifier"
        case .unclosedSection: "the query's section '-- when \(name):' has no '-- end'"
        }
    }
}
