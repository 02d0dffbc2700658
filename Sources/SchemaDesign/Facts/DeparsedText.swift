/// Brings an expression to one form where the server has two for the same.
enum DeparsedText {
    /// A list of literals that are compared as text is deparsed as one cast of an array. Once that deparse has been
    /// parsed again, as in a restored dump or a copied definition, it is deparsed as an array of casts.
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
