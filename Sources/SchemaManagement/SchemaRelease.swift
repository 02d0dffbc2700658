import DatabaseAccess
import EmbeddedSQL
import SchemaDesign

/// A schema that the program brings a database to: its migrations, and what each of them leaves.
package struct SchemaRelease: Sendable {
    package var set: MigrationSet
    /// For each migration what a database holds that has had it and those before it.
    package var facts: [RecordedFacts]

    /// The platform's schema.
    package static let platform = SchemaRelease(set: .platform, facts: RecordedFacts.ofEachMigration)

    /// - Parameter recordOwner: a role that may own pgtend's record of the schema beside the one that connects and
    ///   superusers.
    package static func platform(recordedBy recordOwner: String?) -> SchemaRelease {
        var release = platform
        release.set.schemaOwner = recordOwner
        return release
    }

    /// What a database holds that has had all of them.
    var newest: RecordedFacts { facts[facts.count - 1] }

    var schema: String { newest.schema }
}
