import CivilTime
import SQLText

/// What the planners know about a database, as plain values, read in one REPEATABLE READ transaction.
package struct CatalogSnapshot: Hashable, Sendable {
    package var server: ServerFacts
    /// When the snapshot was taken, by the server's clock.
    package var takenAt: Instant
    package var tables: [PartitionedTable]
    package var views: [MaterializedView]
    package var corpora: [Corpus]
    /// By IANA name; UTC is not among them.
    package var zones: [String: ZoneSample]
    /// By the OID of the table, where its zone is in question: the zones of the server that all its bounds are midnights of,
    /// by name.
    package var zoneFits: [UInt32: [ZoneFit]] = [:]
    /// What DEFAULT partitions hold of the ranges of new partitions, where that was looked for.
    package var defaultRows: [DefaultRange: DefaultRows] = [:]
    /// Existing relations, and types, which share a namespace with them, whose name a new partition would get.
    package var takenNames: Set<RelationName>
    /// By the OID of the parent: what a new partition has to look like.
    package var templates: [UInt32: PartitionTemplate]
    /// By the OID of the parent, where it or the sibling to copy could not be read, as it was locked by another session, is too
    /// long or was dropped meanwhile: the error.
    package var unreadTemplates: [UInt32: ServerFailure]
    /// Watched schemas that the database does not have.
    package var missingSchemas: [String]
    /// What the ledger knows of the objects.
    package var remembered: Remembered

    package init(
        server: ServerFacts, takenAt: Instant, tables: [PartitionedTable] = [], views: [MaterializedView] = [],
        corpora: [Corpus] = [], zones: [String: ZoneSample] = [:], takenNames: Set<RelationName> = [],
        templates: [UInt32: PartitionTemplate] = [:], unreadTemplates: [UInt32: ServerFailure] = [:],
        missingSchemas: [String] = [], remembered: Remembered = Remembered()
    ) {
        self.server = server
        self.takenAt = takenAt
        self.tables = tables
        self.views = views
        self.corpora = corpora
        self.zones = zones
        self.takenNames = takenNames
        self.templates = templates
        self.unreadTemplates = unreadTemplates
        self.missingSchemas = missingSchemas
        self.remembered = remembered
    }
}

/// The server, and the role of pgtend's session.
package struct ServerFacts: Hashable, Sendable {
    /// `server_version_num`, for example 180006.
    package var versionNumber: Int
    package var database: String
    package var role: String
    /// The TimeZone that this role's sessions have in this database by default.
    package var timeZone: String
    package var isStandby: Bool
    /// An event trigger whose function belongs to neither a superuser nor pgtend's role, as a phrase: nothing that fires
    /// it may be sent.
    package var foreignEventTrigger: String?
    /// What the role may do that no work of pgtend's takes, as a phrase: whoever gets hold of it gets the server.
    package var excess: String?

    package var capabilities: ServerCapabilities { ServerCapabilities(versionNumber: versionNumber) }

    package init(
        versionNumber: Int, database: String, role: String, timeZone: String, isStandby: Bool,
        foreignEventTrigger: String? = nil, excess: String? = nil
    ) {
        self.excess = excess
        self.versionNumber = versionNumber
        self.database = database
        self.role = role
        self.timeZone = timeZone
        self.isStandby = isStandby
        self.foreignEventTrigger = foreignEventTrigger
    }
}
