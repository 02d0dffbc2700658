import SQLText

/// Triggers that stand and do not fire: those of foreign keys, and of a partition those that its parent has.
extension SchemaPlanner {
    /// What triggers derive would be missing, though every step were done.
    mutating func refuseSilentTriggers() {
        askForThings(
            SchemaQuestion(
                object: CatalogObject(.schema, schema),
                query: """
                    SELECT s.setting AS value, 1::bigint AS count
                    FROM pg_settings AS s
                    WHERE s.name = 'session_replication_role' AND s.setting <> 'origin'
                    """),
            "triggers do not fire in this session: session_replication_role",
            cure:
                "take the setting back where it was made (ALTER DATABASE or ALTER ROLE … RESET session_replication_role), "
                + "then repeat the command")
    }

    mutating func planDisabledTriggers() throws(SQLTextError) {
        for difference in gap.different {
            let object = difference.object
            switch (object.kind, difference.property) {
            case (.trigger, .state) where !expected.contains(object):
                try planEnabling([object.name], on: object.relation, "the trigger \(object.name) is disabled")
            case (.table, .disabledTriggers):
                try planForeignKeys(difference, of: object.name)
            case (.partition, .disabledTriggers):
                try planForeignKeys(difference, of: object.relation)
            default: continue
            }
        }
    }

    /// They are enabled by their own names, which only a superuser may: ALL would take triggers with them that somebody
    /// has added, and disabled.
    private mutating func planForeignKeys(
        _ difference: SchemaGap.Difference, of table: String
    ) throws(SQLTextError) {
        for key in expected.objects(.constraint) where isForeignKey(key) {
            let definition = expected[key, .definition] ?? ""
            let referenced = Self.referenced(definition)
            guard key.relation == table || referenced == table else { continue }
            // The server believes a key to hold that has once been validated.
            try askForOrphans(key, definition, referenced)
        }
        let triggers = (difference.found ?? "").split(separator: ", ").compactMap { $0.split(separator: " ").first }
        try planEnabling(
            triggers.map(String.init).filter { $0.contains("_ConstraintTrigger_") }, on: difference.object.name,
            "triggers of foreign keys are disabled")
    }

    mutating func planEnabling(
        _ triggers: [String], on relation: String, _ purpose: String
    ) throws(SQLTextError) {
        for trigger in triggers {
            addBriefly(
                .triggers, relation, .shareRowExclusive, purpose,
                "ALTER TABLE \(try qualified(relation)) ENABLE TRIGGER \(try SQLIdentifier(trigger).quoted)")
        }
    }
}
