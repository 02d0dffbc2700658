import SQLText

/// The trigger that gives rows that are written meanwhile what a backfill gives to existing ones.
struct SyncTrigger {
    private let comparison: SchemaComparison
    private let column: CatalogObject

    init(_ comparison: SchemaComparison, _ column: CatalogObject) {
        self.comparison = comparison
        self.column = column
    }

    private var function: String {
        ReservedName.fitted("\(ReservedName.prefix)sync_", "\(column.relation)_\(column.name)")
    }

    private func functionName() throws(SQLTextError) -> String { try comparison.qualified(function) }

    /// Whether another role has a function of that name: it could change it at any time.
    private var isForeign: Bool {
        let home = CatalogObject(.schema, comparison.schema)
        return comparison.live[CatalogObject(.function, "\(function)()"), .owner]
            .map { !$0.isSame(as: comparison.expected[home, .owner]) } ?? false
    }

    private func name() throws(SQLTextError) -> String {
        try SQLIdentifier(ReservedName.fitted(ReservedName.syncPrefix, column.name)).quoted
    }

    /// Creates the function and the trigger. The function casts as the backfill does, whatever the writer's session has
    /// set.
    ///
    /// - Parameter isDefiner: whether it runs as its owner, for a value from tables that the writer may not read.
    func creation(assignment: String, isDefiner: Bool = false) throws(SQLTextError) -> [String] {
        // Only where they matter: each is set and reset for each row.
        let settings =
            types.contains(where: \.dependsOnSettings)
            ? " SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601' SET extra_float_digits = 1"
            : ""
        return (isForeign ? try dropFunction() : []) + [
            """
            CREATE OR REPLACE FUNCTION \(try functionName())() RETURNS trigger
            LANGUAGE plpgsql\(isDefiner ? " SECURITY DEFINER" : "") SET search_path = pg_catalog, pg_temp\(settings)
            AS $pgtend$
            BEGIN\(isDefiner ? try refusal() : "")
                \(assignment);
                RETURN NEW;
            END
            $pgtend$
            """,
            // On a table of his own somebody else could have it run as its owner.
            "REVOKE ALL ON FUNCTION \(try functionName())() FROM PUBLIC",
            "CREATE OR REPLACE TRIGGER \(try name()) BEFORE INSERT OR UPDATE ON "
                + "\(try comparison.qualified(column.relation)) FOR EACH ROW EXECUTE FUNCTION \(try functionName())()",
        ]
    }

    /// Drops both.
    func removal() throws(SQLTextError) -> [String] {
        ["DROP TRIGGER IF EXISTS \(try name()) ON \(try comparison.qualified(column.relation))"] + (try dropFunction())
    }

    /// With whatever triggers others have made of it, and nothing else, such as a view that names it in a condition: it is
    /// the repair's own, for a while. Whoever owns the schema may drop it, whoever owns the function.
    private func dropFunction() throws(SQLTextError) -> [String] {
        let name = "\(try functionName())()"
        return [
            """
            DO $pgtend$
            DECLARE
                dependant text;
            BEGIN
                SELECT pg_describe_object(d.classid, d.objid, d.objsubid) INTO dependant
                FROM pg_depend AS d
                WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = to_regprocedure(\(try SQLLiteral(name).quoted))
                    AND d.deptype <> 'e' AND d.classid <> 'pg_trigger'::regclass
                LIMIT 1;
                IF FOUND THEN
                    RAISE dependent_objects_still_exist
                        USING MESSAGE = format('the function %s is the repair''s own, and used by %s', \(try SQLLiteral(function).quoted), dependant),
                            HINT = 'Drop that first, then repeat the command.';
                END IF;
            END
            $pgtend$
            """,
            "DROP FUNCTION IF EXISTS \(name) CASCADE",
        ]
    }

    /// Whoever was granted the function could make a trigger of it on a table of his own. Of a partition, the table is its
    /// root.
    private func refusal() throws(SQLTextError) -> String {
        let table = try [comparison.schema, column.relation].map { (name) throws(SQLTextError) in
            try SQLLiteral(name).quoted
        }
        return """

                IF NOT EXISTS (
                    SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                    WHERE c.oid = coalesce(pg_partition_root(TG_RELID)::oid, TG_RELID)
                        AND (n.nspname, c.relname) = (\(table.joined(separator: ", ")))
                ) THEN
                    RAISE insufficient_privilege USING MESSAGE = 'this function is for one table, and not for this one';
                END IF;
            """
    }

    /// The types of the columns that it keeps in step.
    private var types: [ColumnType] {
        let (expected, live) = (comparison.expected, comparison.live)
        let former = comparison.rule(of: column)?.source.map { CatalogObject(.column, $0, of: column.relation) }
        return [expected[column, .type], live[column, .type], former.flatMap { live[$0, .type] }]
            .compactMap { $0.map(ColumnType.init) }
    }
}

extension PartPlanner {
    func planEndOfSync(_ column: CatalogObject, in phase: PlanPhase) throws(SQLTextError) {
        plan.addBriefly(
            phase, column.relation, .accessExclusive, "\(column.name) is kept in step no more",
            try SyncTrigger(comparison, column).removal())
    }
}
