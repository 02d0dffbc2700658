import Foundation
import Testing

/// docs/security.md says of each statement whose code it may run; here it is compared with what there is.
@Suite("The statements of docs/security.md")
struct StatementSurfaceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL

    /// The first column of each row between the two comments, with its second.
    private static func listed() throws -> [(place: String, contents: [String])] {
        let text = try String(contentsOf: root.appending(path: "docs/security.md"), encoding: .utf8)
        let list = try #require(text.firstMatch(of: /(?s)<!-- statements -->(.*?)<!-- end of the statements -->/)).1
        return list.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, cells[0].hasPrefix("`") else { return nil }
            return (
                cells[0].trimmingCharacters(in: ["`"]),
                cells[1].matches(of: /`([^`]+)`|\b(\d+)\b/).map {
                    String($0.1 ?? $0.2 ?? "")
                }
            )
        }
    }

    /// But for the texts of the platform's schema itself: they are migrations, which row N covers, and what repairs ask of
    /// its rules.
    @Test func haveARowForEachFile() throws {
        let manifest = try String(
            contentsOf: Self.root.appending(path: "Sources/CEmbeddedSQL/manifest.c"), encoding: .utf8)
        let sent = manifest.matches(of: /FILE "(sql\/[^"]+)\.sql"/).map { String($0.1) }.filter {
            !$0.hasPrefix("sql/mcp/") || $0.hasPrefix("sql/mcp/queries/")
        }
        try #require(sent.count > 40)
        let told = try Self.listed().filter { $0.place.hasPrefix("sql/") }
            .flatMap { row in row.contents.map { "\(row.place)/\($0)" } }
        #expect(told.sorted() == sent.sorted())
    }

    @Test func haveARowForEachPlaceThatPutsOneTogether() throws {
        var found: [String: Int] = [:]
        for file in try SourceFile.all(below: Self.root) {
            let count = Self.statements(in: file)
            if count > 0 { found[String(file.path.dropFirst("Sources/".count))] = count }
        }
        try #require(found.count > 10)
        let told = try Self.listed().filter { $0.place.hasSuffix(".swift") }
            .map { ($0.place, $0.contents.first.flatMap { Int($0) } ?? 0) }
        #expect(Dictionary(told, uniquingKeysWith: +) == found)
    }

    /// What is declared unsafe, and what is sent as a literal.
    private static func statements(in file: SourceFile) -> Int {
        let marks = [
            #/\b(?:unsafe|restrictedByServer|Sandbox\(reading): /#,
            #/\.(?:rows|row|optionalRow|execute|results)\(\s*"/#,
        ]
        return marks.reduce(0) { $0 + file.code.matches(of: $1).count }
    }

    @Test func areFoundInTheSources() {
        func count(_ code: String) -> Int {
            Self.statements(in: SourceFile(path: "Sources/Commands/Snippet.swift", text: code))
        }
        #expect(count(#"try await connection.script(unsafe: "DROP TABLE t")"#) == 1)
        #expect(count(#"let row = try await connection.row("SELECT 1")"#) == 1)
        #expect(count("try await connection.rows(\n    \"SELECT 1\")") == 1)
        #expect(count("// script(unsafe: sql)") == 0)
    }
}
