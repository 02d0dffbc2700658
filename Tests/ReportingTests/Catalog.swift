import Foundation

/// The message catalog as it is in the repository.
enum Catalog {
    static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../systemd/pgtend.catalog").standardizedFileURL

    struct Entry {
        var headers: [String: String] = [:]
        var text = ""
        var fields: Set<String> {
            Set((headers.values + [text]).flatMap { $0.matches(of: /@([A-Z0-9_]+)@/).map { String($0.1) } })
        }
    }

    /// In the order of the file.
    static func entries() throws -> [(id: String, entry: Entry)] {
        var entries: [(id: String, entry: Entry)] = []
        var isHeader = false
        for line in try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.hasPrefix("-- ") {
                entries.append((String(line.dropFirst(3)), Entry()))
                isHeader = true
            } else if let last = entries.indices.last {
                if line.isEmpty { isHeader = false }
                if isHeader, let header = line.wholeMatch(of: /([A-Za-z-]+): (.+)/) {
                    entries[last].entry.headers[String(header.1)] = String(header.2)
                } else {
                    entries[last].entry.text += line + "\n"
                }
            }
        }
        return entries
    }
}
