import SQLText

/// Statements that fail when rows are not as the next steps need them. The next round then counts the rows anew.
struct RowGuardPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// Reads the rows after all that changes them, and before anything is added that could make a write fail.
    func planGuard(
        _ column: CatalogObject, _ condition: String, _ trouble: String, _ purpose: String
    ) throws(SQLTextError) {
        plan.append(
            SchemaStep(
                column, .patiently([]), purpose, [try statement(on: column.relation, condition, trouble)]), to: .values)
    }

    /// Fails if a row `r` meets the condition.
    func statement(
        on table: String, _ condition: String, _ trouble: String
    ) throws(SQLTextError) -> String {
        """
        DO $pgtend$
        BEGIN
            IF EXISTS (SELECT FROM \(try qualified(table)) AS r WHERE \(condition)) THEN
                RAISE check_violation USING MESSAGE = \(try SQLLiteral(trouble).quoted);
            END IF;
        END
        $pgtend$
        """
    }
}
