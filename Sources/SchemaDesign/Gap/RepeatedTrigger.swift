/// A trigger that is none of the schema's and does what one of the schema's does: each change has that effect twice.
struct RepeatedTrigger {
    let trigger: CatalogObject
    /// The one of the schema's.
    let ours: CatalogObject

    /// Those that fire.
    static func all(_ expected: CatalogFacts, _ live: CatalogFacts) -> [RepeatedTrigger] {
        live.objects(.trigger).compactMap { trigger in
            guard !expected.contains(trigger), live[trigger, .state] != "DISABLED",
                let function = live[trigger, .work] ?? live[trigger, .calls]
            else { return nil }
            let call = ".\(function.prefix { $0 != "(" })("
            return expected.parts(.trigger, of: trigger.relation).first { ours in
                expected[ours, .definition]?.contains(call) ?? false
            }.map { RepeatedTrigger(trigger: trigger, ours: $0) }
        }
    }
}
