import Foundation

/// A file of `Sources`, with what is said in comments and in strings told from what is compiled.
struct SourceFile {
    let path: String
    let text: String
    /// Compiled text: comments and the contents of strings are blanked, line breaks kept.
    let code: String
    /// The same with the contents of strings.
    let codeAndStrings: String

    init(path: String, text: String) {
        self.path = path
        self.text = text
        var scanner = Scanner(text)
        (code, codeAndStrings) = scanner.scan()
    }

    /// The module that the file belongs to: the folder below `Sources`.
    var module: String { String(path.split(separator: "/")[1]) }

    /// The modules that the file imports.
    var imports: [String] {
        code.matches(of: /(?m)^[ \t]*(?:@\w+\s+|(?:package|internal|private|fileprivate|public)\s+)*import\s+(.+)$/)
            .compactMap { line in
                let kinds: Set<Substring> = [
                    "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
                ]
                return line.1.split { " .;\t".contains($0) }.first { !kinds.contains($0) }.map(String.init)
            }
    }

    /// Every Swift file of the folders `Sources/<module>`, links not followed: what lies behind one is not ours here.
    static func all(below root: URL) throws -> [SourceFile] {
        let sources = root.appending(path: "Sources")
        let walk = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        let files = (walk?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
        return try files.map { file in
            let path = file.path.dropFirst(root.path.count).drop { $0 == "/" }
            return SourceFile(path: String(path), text: try String(contentsOf: file, encoding: .utf8))
        }.sorted { $0.path < $1.path }
    }
}

/// Tells comments and strings from code: nested comments, escapes, raw and multi-line strings. An interpolation counts
/// as part of its string. It reads bytes: everything that it looks for is ASCII.
private struct Scanner {
    private let text: [UInt8]
    private var position = 0
    private var code: [UInt8] = []
    private var codeAndStrings: [UInt8] = []

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    mutating func scan() -> (code: String, codeAndStrings: String) {
        while position < text.count {
            if at("//") {
                while position < text.count, text[position] != newline { position += 1 }
            } else if at("/*") {
                skipComment()
            } else if let delimiter = stringDelimiter() {
                copyString(delimiter)
            } else {
                code.append(text[position])
                codeAndStrings.append(text[position])
                position += 1
            }
        }
        return (String(decoding: code, as: UTF8.self), String(decoding: codeAndStrings, as: UTF8.self))
    }

    private let newline = UInt8(ascii: "\n")

    private func at(_ token: String) -> Bool {
        text[position...].starts(with: token.utf8)
    }

    private func stringDelimiter() -> String? {
        guard text[position] == UInt8(ascii: "#") || text[position] == UInt8(ascii: "\"") else { return nil }
        let pounds = String(repeating: "#", count: text[position...].prefix { $0 == UInt8(ascii: "#") }.count)
        return ["\"\"\"", "\""].first { at(pounds + $0) }.map { $0 + pounds }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if at("/*") {
                depth += 1
                position += 2
            } else if at("*/") {
                depth -= 1
                position += 2
            } else {
                if text[position] == newline {
                    code.append(newline)
                    codeAndStrings.append(newline)
                }
                position += 1
            }
        } while depth > 0 && position < text.count
    }

    private mutating func copyString(_ closing: String) {
        let escape = "\\" + closing.filter { $0 == "#" }
        position += closing.utf8.count
        code += "\"\"".utf8
        codeAndStrings += "\"".utf8
        while position < text.count, !at(closing) {
            let length = at(escape) ? min(escape.utf8.count + 1, text.count - position) : 1
            let part = text[position..<position + length]
            codeAndStrings += part
            code += part.filter { $0 == newline }
            position += length
        }
        position += closing.utf8.count
        codeAndStrings += "\"".utf8
    }
}
