import SQLText

/// Triggers that are missing, differ or are disabled, those of foreign keys and partitions included.
struct TriggerPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planTriggers(of table: CatalogObject) throws(SQLTextError) {
        let isNew = !live.contains(table)
        for trigger in expected.parts(.trigger, of: table.name) {
            try refuseConstraintTrigger(trigger)
            let definition = (expected[trigger, .definition] ?? "")
                .replacing("CREATE TRIGGER", with: "CREATE OR REPLACE TRIGGER", maxReplacements: 1)
            if isNew {
                plan.add(.triggers, trigger, .together, "the trigger is missing", definition)
            } else if !live.contains(trigger) || comparison.isAnother(trigger) {
                plan.addBriefly(
                    phase(of: trigger), table.name, .shareRowExclusive,
                    "the trigger \(trigger.name) is missing or another one", definition)
            }
            if difference(trigger, .state) != nil {
                try planEnabling(
                    [trigger.name], on: table.name,
                    "the trigger \(trigger.name) is \(live[trigger, .state]?.lowercased() ?? "enabled")")
            }
        }
    }

    /// Most come last, since they would fire for what is done before.
    private func phase(of trigger: CatalogObject) -> PlanPhase {
        if derives(trigger) { return .constraints }
        let isReplacing = RepeatedTrigger.all(expected, live).contains { $0.ours == trigger && $0.changesRows }
        return comparison.choices.replacesTriggers && isReplacing ? .firstPartitions : .triggers
    }

    /// Whether a rule derives values of existing rows by this trigger. It is created before all other triggers, which
    /// must not fire for that.
    private func derives(_ trigger: CatalogObject) -> Bool {
        comparison.rules.contains { rule in
            rule.table == trigger.relation && rule.deriving != nil
                && DeparsedExpression(expected[trigger, .definition] ?? "").names.contains(rule.column)
        }
    }

    /// CREATE OR REPLACE TRIGGER does not replace a constraint trigger.
    private func refuseConstraintTrigger(_ trigger: CatalogObject) throws(SQLTextError) {
        guard let found = live[trigger, .definition], found.hasPrefix("CREATE CONSTRAINT TRIGGER") else { return }
        let target = "\(try SQLIdentifier(trigger.name).quoted) ON \(try qualified(trigger.relation))"
        plan.refuse(
            trigger, "its name is taken by a constraint trigger: \(found)",
            cure: "DROP TRIGGER \(target); then repeat the command")
    }

    /// Dropped in the transaction that makes the schema's own: no change is recorded by neither.
    func planRepeatedTriggers() throws(SQLTextError) {
        for repeated in RepeatedTrigger.all(expected, live) {
            let trigger = repeated.trigger
            let purpose = "\(trigger.name) does what \(repeated.ours.name) does"
            if comparison.choices.replacesTriggers {
                // One that changes the row would change it for a backfill, too: the schema's own leaves updated_at alone.
                plan.addBriefly(
                    repeated.changesRows ? .firstPartitions : .triggers, trigger.relation, .accessExclusive, purpose,
                    "DROP TRIGGER \(try SQLIdentifier(trigger.name).quoted) ON \(try qualified(trigger.relation))")
            } else {
                plan.note(
                    "\(trigger.relation): trigger \(purpose), so that each change has that effect twice"
                        + (repeated.changesRows ? ", and what fills rows here has it, too; " : "; ")
                        + "--replace-triggers drops it: \(live[trigger, .definition] ?? "")")
            }
        }
    }

    // MARK: - Triggers that do not fire

    /// Without triggers the values that they derive would be missing even when every step was done.
    func refuseSilentTriggers() {
        plan.refuseListed(
            SchemaQuestion(
                object: CatalogObject(.schema, schema), reading: .catalogs,
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

    func planDisabledTriggers() throws(SQLTextError) {
        for difference in gap.different {
            let object = difference.object
            switch (object.kind, difference.property) {
            case (.trigger, .state) where !expected.contains(object):
                try planEnabling([object.name], on: object.relation, "the trigger \(object.name) is disabled")
            case (.table, .disabledTriggers):
                try planForeignKeyTriggers(difference, of: object.name)
            case (.partition, .disabledTriggers):
                try planForeignKeyTriggers(difference, of: object.relation)
            default: continue
            }
        }
    }

    /// Enables each by its own name, which takes a superuser: ENABLE TRIGGER ALL would include triggers that somebody
    /// has added and disabled.
    private func planForeignKeyTriggers(_ difference: SchemaGap.Difference, of table: String) throws(SQLTextError) {
        let foreignKeys = ForeignKeyPlanner(self)
        for key in expected.objects(.constraint) where comparison.isForeignKey(key) {
            let definition = expected[key, .definition] ?? ""
            let referenced = ConstraintDefinition(definition).referencedTable
            guard key.relation == table || referenced == table else { continue }
            // The server does not check the rows of a key again that has been validated once.
            try foreignKeys.askForOrphans(key, definition)
        }
        // Each with its constraint in parentheses. The server's names for them need the quotes; no other is enabled.
        let triggers = NameList.parts(of: difference.found ?? "").compactMap { NameList.first(of: $0)?.name }
        try planEnabling(
            triggers.filter { $0.hasPrefix("RI_ConstraintTrigger_") }, on: difference.object.name,
            "triggers of foreign keys are disabled")
    }

    private func planEnabling(
        _ triggers: [String], on relation: String, _ purpose: String
    ) throws(SQLTextError) {
        for trigger in triggers {
            plan.addBriefly(
                .triggers, relation, .shareRowExclusive, purpose,
                "ALTER TABLE \(try qualified(relation)) ENABLE TRIGGER \(try SQLIdentifier(trigger).quoted)")
        }
    }
}
