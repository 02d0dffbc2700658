import SQLText

/// One step that brings a live schema closer to what it should be.
package struct SchemaStep: Hashable, Sendable {
    /// How it is run, and who waits for it.
    package enum Execution: Hashable, Sendable {
        /// In one transaction with the neighbouring steps that are run `together` as well. Nobody waits for its locks.
        case together
        /// In a transaction of its own. Taking the locks and doing the work share one deadline, so that nobody waits
        /// for these locks longer than that.
        case briefly([LockRequirement])
        /// In a transaction of its own, however long it takes: its locks block neither readers nor writers.
        case patiently([LockRequirement])
        /// Outside a transaction, for an index that is built CONCURRENTLY. An invalid one that an earlier try left is
        /// dropped first.
        case concurrently(index: String)
        /// Row by row of a table, in transactions of a few rows each.
        case inBatches(Backfill)
    }

    package let object: CatalogObject
    package let execution: Execution
    /// Why it is done: "the column is text, and has to be mcp.task_status".
    package let purpose: String
    /// In order. Each is one statement or a file of several, without a semicolon at the end.
    package let statements: [String]
    /// The role in whose sandbox the statements run; nil for those that run no code of anybody's and need what the
    /// caller may do. An index that is built CONCURRENTLY needs no sandbox: the server computes it as the owner of its
    /// table, and restricts what that can do.
    package private(set) var role: String?
    /// The step of a migration that it is; nil for one that closes a gap.
    package internal(set) var migration: MigrationStep?

    package init(_ object: CatalogObject, _ execution: Execution, _ purpose: String, _ statements: [String]) {
        self.object = object
        self.execution = execution
        self.purpose = purpose
        self.statements = statements
    }

    func run(as role: String?) -> SchemaStep {
        var step = self
        step.role = role
        return step
    }
}

/// New values for existing rows, a few at a time.
package struct Backfill: Hashable, Sendable {
    /// The table, or each of its partitions.
    package let tables: [RelationName]
    /// `"status_new" = (…)`, over the row `r`.
    package let assignment: String
    /// Which rows still need the assignment, over the row `r`; false for a row that has had it.
    package let condition: String
    /// Whether rows are locked before their value is computed, so that what it reads from other tables is no older than
    /// the row itself.
    package let locksRows: Bool
    /// The search_path under which the triggers of the table fire, as SET takes it; nil for that of the role's sessions.
    package let searchPath: String?

    package init(
        tables: [RelationName], assignment: String, condition: String, locksRows: Bool = false,
        searchPath: String? = nil
    ) {
        self.tables = tables
        self.assignment = assignment
        self.condition = condition
        self.locksRows = locksRows
        self.searchPath = searchPath
    }
}
