import SQLText

/// Statements that fail where rows are as they must not be: the rows are counted anew then.
struct RowGuardPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// Reads the rows behind all that changes them: nothing stands yet that would fail whoever writes them.
    func planGuard(
        _ column: CatalogObject, _ condition: String, _ trouble: String, _ purpose: String
    ) throws(SQLTextError) {
        plan.append(
            SchemaStep(
                column, .patiently([]), purpose, [try statement(on: column.relation, condition, trouble)]), to: .values)
    }

    /// Fails where a row `r` meets the condition.
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
