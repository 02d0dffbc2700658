/// What a server tells of an expression in one form, where it has two for the same.
enum DeparsedText {
    /// A list of literals that are compared as text stands as one cast of an array, until its own deparse has been
    /// parsed once, as a restored dump or a copied definition has been: from then on as an array of casts.
    static func canonical(_ expression: String) -> String {
        guard expression.contains("(ARRAY['") else { return expression }
        return expression.replacing(castArray) { match in
            let elements = match.output.1.matches(of: element).map { "(\($0.output))::text" }
            return "ARRAY[\(elements.joined(separator: ", "))]"
        }
    }

    nonisolated(unsafe) private static let element = /'(?:[^']|'')*'::character varying/
    nonisolated(unsafe) private static let castArray =
        /\(ARRAY\[('(?:[^']|'')*'::character varying(?:, '(?:[^']|'')*'::character varying)*)\]\)::text\[\]/
}
