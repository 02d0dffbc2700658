/// A trigger that is none of the schema's and does what one of the schema's does: each change has that effect twice.
struct RepeatedTrigger {
    let trigger: CatalogObject
    /// The one of the schema's.
    let ours: CatalogObject
    let work: String

    /// The functions of the schema's triggers, by their work.
    private static let functions = [
        "sets updated_at": "update_updated_at_column", "writes to audit_log": "audit_row_change",
    ]

    /// Those that fire.
    static func all(_ expected: CatalogFacts, _ live: CatalogFacts) -> [RepeatedTrigger] {
        live.objects(.trigger).compactMap { trigger in
            guard !expected.contains(trigger), live[trigger, .state] != "DISABLED" else { return nil }
            let called = functions.first { live[trigger, .calls]?.hasPrefix("\($0.value)(") ?? false }
            guard let work = called?.key ?? live[trigger, .work], let function = functions[work] else { return nil }
            return expected.parts(.trigger, of: trigger.relation).first { ours in
                expected[ours, .definition]?.contains(".\(function)(") ?? false
            }.map { RepeatedTrigger(trigger: trigger, ours: $0, work: work) }
        }
    }
}
