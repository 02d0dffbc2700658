import SQLText

/// Plain and materialized views, in the order in which they read each other.
struct ViewPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planViews() throws(SQLTextError) {
        for view in viewsInOrder {
            if !live.contains(view) {
                let names = TakenNamePlanner(self)
                try names.refuseTakenName(view)
                for index in expected.parts(.index, of: view.name) { try names.refuseTakenName(index) }
                try planNewView(view, view.name)
            } else if comparison.isAnother(view) || difference(view, .columns) != nil {
                try planOtherView(view)
            } else {
                try planViewSettings(view)
                for index in expected.parts(.index, of: view.name) { try IndexPlanner(self).planIndex(index) }
            }
        }
    }

    private var grants: GrantStatements { GrantStatements(comparison) }

    /// Each view after those that it reads.
    private var viewsInOrder: [CatalogObject] {
        var waiting = expected.objects(.view) + expected.objects(.materializedView)
        var ordered: [CatalogObject] = []
        while !waiting.isEmpty {
            let ready = waiting.first { view in !waiting.contains { $0 != view && reads(view, $0) } } ?? waiting[0]
            waiting.removeAll { $0 == ready }
            ordered.append(ready)
        }
        return ordered
    }

    private func reads(_ view: CatalogObject, _ other: CatalogObject) -> Bool {
        DeparsedExpression(expected[view, .definition] ?? "").names.contains(other.name)
    }

    /// - Parameter name: under which it is created.
    private func planNewView(_ view: CatalogObject, _ name: String) throws(SQLTextError) {
        guard view.kind == .materializedView else {
            plan.append(SchemaStep(view, .together, "the view is missing", try createView(view)), to: .views)
            return
        }
        // However long its query takes, nobody waits for its locks.
        let step = SchemaStep(
            view, .patiently([]), name == view.name ? "the view is missing" : "the view is another one",
            try createMaterializedView(view, name))
        plan.append(step, to: .views)
    }

    /// With its indexes.
    private func createMaterializedView(_ view: CatalogObject, _ name: String) throws(SQLTextError) -> [String] {
        ["CREATE MATERIALIZED VIEW \(try qualified(name)) AS\n\(query(view))"]
            + (try grants.revocation(on: view, madeAs: name))
            + ["ALTER MATERIALIZED VIEW \(try qualified(name)) OWNER TO \(try comparison.owner(view))"]
            + (try expected.parts(.index, of: view.name).map { (index) throws(SQLTextError) in
                try comparison.createIndex(
                    name == view.name ? index.name : ReservedName.fitted(ReservedName.newPrefix, index.name),
                    expected[index, .definition] ?? "", on: name)
            })
            + (try copiedIndexes(on: view, name))
    }

    /// Indexes that somebody has added to a view that is created anew.
    ///
    /// - Parameter name: under which the view is created.
    private func copiedIndexes(on view: CatalogObject, _ name: String) throws(SQLTextError) -> [String] {
        var statements: [String] = []
        for index in keptIndexes(of: view) {
            let other = name == view.name ? index.name : ReservedName.fitted(ReservedName.newPrefix, index.name)
            statements.append(
                try comparison.createIndex(other, live[index, .definition] ?? "", lists: live[index, .lists], on: name))
            if let options = live[index, .options] {
                statements.append("ALTER INDEX \(try qualified(other)) SET (\(options))")
            }
        }
        return statements
    }

    /// The added indexes that are certain to fit: the columns are the same, and the index is not unique.
    private func keptIndexes(of view: CatalogObject) -> [CatalogObject] {
        addedIndexes(of: view).filter {
            live[view, .columns].isSame(as: expected[view, .columns])
                && !IndexDefinition(live[$0, .definition] ?? "").isUnique
        }
    }

    private func addedIndexes(of view: CatalogObject) -> [CatalogObject] {
        live.parts(.index, of: view.name).filter { !expected.contains($0) }
    }

    private func noteLostParts(of view: CatalogObject) throws(SQLTextError) {
        let kept = keptIndexes(of: view)
        for index in addedIndexes(of: view) where !kept.contains(index) {
            let create = try comparison.createIndex(index.name, live[index, .definition] ?? "", on: view.name)
            plan.note("\(view.name): the index \(index.name) goes with what has to be made anew; it was: \(create)")
        }
        for trigger in live.parts(.trigger, of: view.name) where !expected.contains(trigger) {
            plan.note(
                "\(view.name): the trigger \(trigger.name) goes with what has to be made anew; it was: "
                    + (live[trigger, .definition] ?? ""))
        }
    }

    /// A materialized view is filled beside the old one, which can be read until the names are swapped.
    private func planOtherView(_ view: CatalogObject) throws(SQLTextError) {
        let dependants = viewsInOrder.filter { $0 != view && live.contains($0) && dependsOn($0, view) }
        try DependantPlanner(self).askForUsers(ofDropped: [view] + dependants)
        for other in [view] + dependants {
            for index in expected.parts(.index, of: other.name) where !live.contains(index) {
                try TakenNamePlanner(self).refuseTakenName(index)
            }
            try noteLostParts(of: other)
        }
        var statements = try dependants.reversed().map { (other) throws(SQLTextError) in try drop(other) }
        statements.append(try drop(view))
        if view.kind == .materializedView {
            let new = ReservedName.fitted(ReservedName.newPrefix, view.name)
            if live.contains(CatalogObject(.materializedView, new)) {
                plan.append(
                    SchemaStep(
                        view, .together, "an earlier call was interrupted",
                        ["DROP MATERIALIZED VIEW \(try qualified(new))"]), to: .functions)
            }
            try planNewView(view, new)
            statements.append(
                "ALTER MATERIALIZED VIEW \(try qualified(new)) RENAME TO \(try SQLIdentifier(view.name).quoted)")
            for index in expected.parts(.index, of: view.name) + keptIndexes(of: view) {
                let made = try qualified(ReservedName.fitted(ReservedName.newPrefix, index.name))
                statements.append("ALTER INDEX \(made) RENAME TO \(try SQLIdentifier(index.name).quoted)")
            }
        } else {
            statements += try createView(view)
        }
        statements += try grants.grants(on: view, isAnew: true) + PossessionPlanner(self).lastingGrants(on: view)
        for other in dependants {
            statements +=
                other.kind == .materializedView
                ? try createMaterializedView(other, other.name) : try createView(other)
            statements += try grants.grants(on: other, isAnew: true)
        }
        plan.append(SchemaStep(view, .briefly([]), "the view is another one", statements), to: .views)
    }

    private func dependsOn(_ view: CatalogObject, _ other: CatalogObject) -> Bool {
        reads(view, other) || viewsInOrder.contains { $0 != view && reads(view, $0) && dependsOn($0, other) }
    }

    private func drop(_ view: CatalogObject) throws(SQLTextError) -> String {
        "DROP \(Self.keyword(view)) \(try qualified(view.name))"
    }

    private static func keyword(_ view: CatalogObject) -> String {
        view.kind == .materializedView ? "MATERIALIZED VIEW" : "VIEW"
    }

    private func createView(_ view: CatalogObject) throws(SQLTextError) -> [String] {
        let options = expected[view, .options].map { " WITH (\($0))" } ?? ""
        return ["CREATE VIEW \(try qualified(view.name))\(options) AS\n\(query(view))"]
            + (try grants.revocation(on: view))
            + ["ALTER VIEW \(try qualified(view.name)) OWNER TO \(try comparison.owner(view))"]
    }

    /// The view's query, without the semicolon at its end.
    private func query(_ view: CatalogObject) -> String {
        let text = expected[view, .definition] ?? ""
        return text.hasSuffix(";") ? String(text.dropLast()) : text
    }

    private func planViewSettings(_ view: CatalogObject) throws(SQLTextError) {
        let name = "\(Self.keyword(view)) \(try qualified(view.name))"
        if let options = difference(view, .options) {
            let extra = StorageOptions(options.found).without(StorageOptions(options.expected))
            var statements = options.expected.map { ["ALTER \(name) SET (\($0))"] } ?? []
            if !extra.names.isEmpty, view.kind == .view {
                statements.append("ALTER \(name) RESET (\(extra.names.joined(separator: ", ")))")
            }
            plan.append(
                SchemaStep(view, .briefly([]), "its options are \(options.found ?? "none")", statements), to: .views)
        }
    }
}
