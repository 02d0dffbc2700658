import SQLText

/// The trigger that gives rows which are written meanwhile what a backfill gives to those that stand.
extension SchemaPlanner {
    /// Behind whatever other BEFORE triggers the table has: they fire in the order of their names.
    static let syncPrefix = "zz_\(prefix)sync_"

    /// Whether it still has to stand.
    func needsSync(_ column: CatalogObject) throws(SQLTextError) -> Bool {
        if needsConversion(column) || formerColumn(of: column) != nil { return true }
        return try fillingRule(column) != nil
    }

    func syncFunction(_ column: CatalogObject) throws(SQLTextError) -> String {
        try qualified(Self.derived("\(Self.prefix)sync_", "\(column.relation)_\(column.name)"))
    }

    private func syncTrigger(_ column: CatalogObject) throws(SQLTextError) -> String {
        try SQLIdentifier(Self.derived(Self.syncPrefix, column.name)).quoted
    }

    /// Casts as the backfill does, whatever the writer's session has set.
    ///
    /// - Parameter isDefiner: for a value that is looked up where the writer itself may not look.
    func syncFunctionDefinition(
        _ column: CatalogObject, assignment: String, isDefiner: Bool = false
    ) throws(SQLTextError) -> String {
        // Only where they matter: each is set and taken back for each row.
        let settings =
            typesInStep(column).contains(where: Self.isWrittenAsSet)
            ? " SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601' SET extra_float_digits = 1"
            : ""
        return """
            CREATE OR REPLACE FUNCTION \(try syncFunction(column))() RETURNS trigger
            LANGUAGE plpgsql\(isDefiner ? " SECURITY DEFINER" : "") SET search_path = pg_catalog, pg_temp\(settings)
            AS $pgtend$
            BEGIN
                \(assignment);
                RETURN NEW;
            END
            $pgtend$
            """
    }

    private func typesInStep(_ column: CatalogObject) -> [String] {
        let former = rule(column.relation, column.name)?.source.map { CatalogObject(.column, $0, of: column.relation) }
        return [expected[column, .type], live[column, .type], former.flatMap { live[$0, .type] }].compactMap { $0 }
    }

    /// Whether settings decide how values of the type are written and read.
    private static func isWrittenAsSet(_ type: String) -> Bool {
        ["date", "time", "interval", "real", "double precision"].contains { type.hasPrefix($0) }
    }

    func syncTriggerDefinition(_ column: CatalogObject) throws(SQLTextError) -> String {
        "CREATE OR REPLACE TRIGGER \(try syncTrigger(column)) BEFORE INSERT OR UPDATE ON "
            + "\(try qualified(column.relation)) FOR EACH ROW EXECUTE FUNCTION \(try syncFunction(column))()"
    }

    func dropSyncTrigger(_ column: CatalogObject) throws(SQLTextError) -> String {
        "DROP TRIGGER IF EXISTS \(try syncTrigger(column)) ON \(try qualified(column.relation))"
    }

    func dropSyncFunction(_ column: CatalogObject) throws(SQLTextError) -> String {
        "DROP FUNCTION IF EXISTS \(try syncFunction(column))()"
    }

    mutating func planEndOfSync(_ column: CatalogObject, in phase: Phase) throws(SQLTextError) {
        addBriefly(
            phase, column.relation, .accessExclusive, "\(column.name) is kept in step no more",
            try dropSyncTrigger(column), try dropSyncFunction(column))
    }
}
