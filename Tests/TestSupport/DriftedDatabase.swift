import Foundation

/// The platform's database as it really drifted: written by hand in `Tests/TestSupport/Drifted`, and owing nothing to
/// `sql/`.
package enum DriftedDatabase {
    /// What a database may have besides the tables and their rows. Each is a file of the folder.
    package enum Variation: String, CaseIterable, Sendable {
        /// pgvector, and vectors that nobody has normalised.
        case vectors
        /// Everything belongs to a login role.
        case owner
        case defaultPartition = "default_partition"
        case unpartitionedTasks = "unpartitioned_tasks"
    }

    /// With pgvector and a few hundred rows.
    package static let small = Template("drifted_small") { database in
        try await load(into: database, rows: 300, [.vectors])
    }

    /// The role that the database belongs to in the variation `owner`.
    package static func owner(of database: TestDatabase) -> String { "platform_\(database.name)" }

    /// - Parameter rows: how many the large tables get.
    package static func load(into database: TestDatabase, rows: Int, _ variations: [Variation]) async throws {
        let settings = "SET drifted.rows = \(rows); SET drifted.owner = '\(owner(of: database))';\n"
        let texts = try (["tables", "rows"] + variations.map(\.rawValue)).map(text)
        try await database.psql(settings + texts.joined(separator: "\n"))
    }

    /// Puts one more variation upon a database that was loaded before.
    package static func vary(_ database: TestDatabase, _ variation: Variation) async throws {
        try await database.psql("SET drifted.owner = '\(owner(of: database))';\n" + text(variation.rawValue))
    }

    private static func text(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Drifted")
        return try String(contentsOf: folder.appending(path: "\(name).sql"), encoding: .utf8)
    }
}
