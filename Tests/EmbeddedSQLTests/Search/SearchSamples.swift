import Foundation
import TestSupport

/// What the tests of search share: a registry of models, documents made at random, and the oracle.
enum SearchSamples {
    /// The model of that many dimensions.
    static func model(_ dimensions: Int) -> String {
        "00000000-0000-4000-9000-" + String(repeating: "0", count: 12 - "\(dimensions)".count) + "\(dimensions)"
    }

    /// One model for each number of dimensions; that of 8 can be asked for fewer, down to 4.
    static func registry(_ dimensions: Int...) -> String {
        dimensions.map { dimensions in
            """
            INSERT INTO mcp.embedding_models
                (id, provider, model_name, dimensions, supports_dimensionality_reduction, min_dimensions)
            VALUES ('\(model(dimensions))', 'sample', 'model-\(dimensions)', \(dimensions),
                \(dimensions == 8), \(dimensions == 8 ? "4" : "NULL"));

            """
        }.joined()
    }

    /// Makes the session the application's, for that tenant.
    static func acting(for tenant: String, as role: String = "mcp_application") -> String {
        "SET ROLE \(role); SET app.current_tenant = '\(tenant)';\n"
    }

    /// A vector as pgvector reads it.
    static func vector(_ numbers: [Float]) -> String {
        "[" + numbers.map { "\($0)" }.joined(separator: ",") + "]"
    }

    static func vector(_ dimensions: Int, _ random: inout Seeded) -> [Float] {
        (0..<dimensions).map { _ in Float.random(in: -1...1, using: &random) }
    }

    /// Words of a small vocabulary, the first of them the most frequent, now and then one that is no lexeme.
    static func text(_ random: inout Seeded, words: ClosedRange<Int>) -> String {
        let stopWords = ["the", "of", "and", "it's", "--"]
        return (0..<Int.random(in: words, using: &random)).map { _ in
            let word = Int.random(in: 0..<Int.random(in: 1...60, using: &random), using: &random)
            return word % 7 == 6 ? stopWords[word % stopWords.count] : "word\(word)s"
        }.joined(separator: " ")
    }

    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }

    /// What `Tests/Harness/ranking.py`, an implementation of its own in Python, finds wrong.
    static func differences(_ what: String, _ cases: String) async throws -> (lines: [String], compared: Int) {
        let script = URL(filePath: #filePath).deletingLastPathComponent().path + "/../../Harness/ranking.py"
        let result = try await Program.run("/usr/bin/env", ["python3", script, what], input: .text(cases))
        var lines = result.standardOutput.split(separator: "\n").map(String.init)
        guard result.succeeded, let last = lines.popLast(), last.hasPrefix("compared "),
            let compared = Int(last.dropFirst("compared ".count))
        else { throw TestFailure("ranking.py: \(result.ending)\n\(result.standardError)") }
        return (lines, compared)
    }
}
