import Foundation

/// The platform's own database as its migrations left it at three times, with rows in every table: written by hand in
/// `Tests/TestSupport/Platform`, and owing nothing to `sql/`. It has pgvector.
package enum PlatformDatabase {
    package enum State: String, CaseIterable, Sendable {
        /// Thirty-six migrations, the last of their kind.
        case current
        /// Twenty-four of them, up to number 28.
        case older
        /// Those of before, which ended dirty at number 21.
        case archived

        /// Of the folder, in the order in which they are loaded.
        var files: [String] {
            switch self {
            case .current: ["base", "recent", "rows", "current"]
            case .older: ["base", "recent", "rows", "older"]
            case .archived: ["base", "archived", "archived_rows"]
            }
        }

        /// What golang-migrate has recorded.
        package var migrationNumber: Int {
            switch self {
            case .current: 36
            case .older: 28
            case .archived: 21
            }
        }
    }

    /// With a few hundred rows.
    package static func small(_ state: State) -> Template {
        switch state {
        case .current: current
        case .older: older
        case .archived: archived
        }
    }

    private static let current = template(.current)
    private static let older = template(.older)
    private static let archived = template(.archived)

    private static func template(_ state: State) -> Template {
        Template("platform_\(state.rawValue)") { database in try await load(into: database, rows: 300, state) }
    }

    /// - Parameter rows: how many the large tables get: at least 60, to which rows of others refer.
    package static func load(into database: TestDatabase, rows: Int, _ state: State) async throws {
        let texts = try ["SET platform.rows = \(rows);"] + state.files.map(text)
        try await database.psql(texts.joined(separator: "\n"))
    }

    private static func text(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Platform")
        return try String(contentsOf: folder.appending(path: "\(name).sql"), encoding: .utf8)
    }
}
