/// A trigger that is none of the schema's and does what one of the schema's does: each change has that effect twice.
struct RepeatedTrigger {
    let trigger: CatalogObject
    /// The one of the schema's.
    let ours: CatalogObject
    /// Whether it fires before a row is written, which it may change.
    let changesRows: Bool

    /// Those that fire.
    static func all(_ expected: CatalogFacts, _ live: CatalogFacts) -> [RepeatedTrigger] {
        live.objects(.trigger).compactMap { trigger in
            guard !expected.contains(trigger), live[trigger, .state] != "DISABLED",
                let function = live[trigger, .work] ?? live[trigger, .calls]
            else { return nil }
            let call = ".\(function.prefix { $0 != "(" })("
            let occasions = Self.events(of: live[trigger, .definition])
            return expected.parts(.trigger, of: trigger.relation).first { ours in
                let definition = expected[ours, .definition]
                return definition?.contains(call) ?? false && !occasions.isDisjoint(with: Self.events(of: definition))
            }.map { ours in
                let changesRows = expected[ours, .definition]?.contains(" BEFORE ") ?? false
                return RepeatedTrigger(trigger: trigger, ours: ours, changesRows: changesRows)
            }
        }
    }

    /// For which it fires.
    private static func events(of definition: String?) -> Set<String> {
        let words = DeparsedExpression(definition ?? "").tokens.map(\.raw)
        return Set(words.prefix { $0 != "ON" }).intersection(["INSERT", "UPDATE", "DELETE"])
    }
}
