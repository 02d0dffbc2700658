/// Suggestions for misspelt words.
package enum Spelling {
    /// `; did you mean 'premake'?`, or `; known here: …` if no known word is similar; empty if no words are known.
    static func suggestion(for word: String, among known: [String]) -> String {
        if let near = nearest(to: word, among: known) { return "; did you mean '\(near)'?" }
        return known.isEmpty ? "" : "; known here: \(known.joined(separator: ", "))"
    }

    /// The first known word with the smallest distance; nil if none is similar.
    package static func nearest(to word: String, among known: [String]) -> String? {
        // A third of the letters may differ, but never all of them.
        let limit = min(max(1, word.count / 3), word.count - 1)
        let distances = known.map { (word: $0, distance: distance(word.lowercased(), $0.lowercased())) }
        return distances.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.word
    }

    /// The number of insertions, deletions, substitutions and transpositions of neighbours (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        // The time grows with the product of the lengths, and a pasted paragraph is not a misspelt word.
        guard abs(left.count - right.count) < 32 else { return .max }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                var cost = min(
                    last[column] + (left[row] == right[column] ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
