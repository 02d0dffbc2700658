import SQLText

/// One step on the way of a live schema to what it should be.
package struct SchemaStep: Hashable, Sendable {
    /// How it is run, and who waits for it.
    package enum Execution: Hashable, Sendable {
        /// In one transaction with the steps beside it that are `together`, too: nobody waits for it.
        case together
        /// In a transaction of its own. Its locks are taken first, within one deadline, which the work is done in too:
        /// whoever waits for them waits for no longer than that.
        case briefly([LockRequirement])
        /// In a transaction of its own, for as long as it takes: nobody who reads or writes waits for its locks.
        case patiently([LockRequirement])
        /// Outside a transaction: an index that is built CONCURRENTLY. What an earlier try left of it is dropped first.
        case concurrently(index: String)
        /// Over the rows of a table that need it, in transactions of a few rows each.
        case inBatches(Backfill)
    }

    package let object: CatalogObject
    package let execution: Execution
    /// What it is done for: "the column is text, and has to be mcp.task_status".
    package let purpose: String
    /// In their order, each without a semicolon at its end: one statement, or a file of several.
    package let statements: [String]

    package init(_ object: CatalogObject, _ execution: Execution, _ purpose: String, _ statements: [String]) {
        self.object = object
        self.execution = execution
        self.purpose = purpose
        self.statements = statements
    }
}

/// New values for rows that stand already, a few at a time.
package struct Backfill: Hashable, Sendable {
    /// The table, or each of its partitions.
    package let tables: [RelationName]
    /// `"status_new" = (…)`, over the row `r`.
    package let assignment: String
    /// Which rows still need it, over the row `r`; false for a row that has had it.
    package let condition: String
    /// Whether rows are locked before their value is made: one of other tables is then no older than the row.
    package let locksRows: Bool

    package init(tables: [RelationName], assignment: String, condition: String, locksRows: Bool = false) {
        self.tables = tables
        self.assignment = assignment
        self.condition = condition
        self.locksRows = locksRows
    }
}
