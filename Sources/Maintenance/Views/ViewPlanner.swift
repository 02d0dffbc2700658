import SQLText

/// Decides which materialized views are refreshed, how, and in which order.
package struct ViewPlanner {
    private let definition: DatabaseDefinition
    private let snapshot: CatalogSnapshot
    /// The configuration of each view; if a view has two entries, the first one counts.
    private let viewDefinitions: [RelationName: ViewDefinition]

    package init(definition: DatabaseDefinition, snapshot: CatalogSnapshot) {
        self.definition = definition
        self.snapshot = snapshot
        viewDefinitions = Dictionary(
            definition.viewDefinitions.map { ($0.view, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The steps in dependency order, and what is refused.
    package func plan() -> TaskPlan {
        var plan = TaskPlan(refusals: missing())
        plan.objectsInView = plan.refusals.count
        /// The steps that populate a view, by the OID of the view.
        var populating: [UInt32: PlanStep] = [:]
        let views = inDependencyOrder(selectedViews)
        var unpopulated = Dictionary(
            snapshot.views.lazy.filter { !$0.isPopulated }.map { ($0.oid, $0.name) },
            uniquingKeysWith: { first, _ in first })
        for view in views {
            do throws(Refused) {
                let step = try decide(view, unpopulated: unpopulated, populating)
                plan.steps.append(step)
                if let finding = onceFinding(view, step) { plan.findings.append(finding) }
                if unpopulated.removeValue(forKey: view.oid) != nil { populating[view.oid] = step }
            } catch {
                plan.refusals.append(error.refusal)
            }
        }
        plan.objectsInView += views.count
        return plan
    }

    private var selectedViews: [MaterializedView] {
        snapshot.views.filter { view in
            let watched = definition.views.discover && definition.schemas.contains(view.name.schema)
            return viewDefinitions[view.name]?.enabled ?? watched
        }
    }

    /// - Parameters:
    ///   - unpopulated: unpopulated views that no earlier step populates, by OID.
    ///   - populating: the earlier steps that populate a view, by OID.
    private func decide(
        _ view: MaterializedView, unpopulated: [UInt32: RelationName], _ populating: [UInt32: PlanStep]
    ) throws(Refused) -> PlanStep {
        if let name = view.undecodable { throw Refused(refusal: name.refusal(.views, of: view.name)) }
        let configured = viewDefinitions[view.name]
        guard view.mayRefresh else {
            let role = snapshot.server.role
            let grantee = RelationName.quoted(role)
            throw refused(
                view, .notOwner,
                "role \(role) may not refresh it: it belongs to \(view.owner) (the server would answer SQLSTATE 42501)",
                cure: snapshot.server.capabilities.has(.maintainPrivilege)
                    ? .statement("GRANT MAINTAIN ON \(view.name) TO \(grantee)")
                    : Refusal.membershipCure(
                        in: view.owner, isSuperuser: view.ownerIsSuperuser, of: view.name, on: snapshot.server))
        }
        if let schema = view.foreignSchema, !view.mayPinSchema {
            throw Refused(
                refusal: schema.refusal(.views, of: view.name, ownedBy: view.owner, while: "it is refreshed"))
        }
        if let code = view.foreignCode {
            throw refused(view, .foreignCode, code.explanation(as: view.owner), cure: code.cure(as: view.owner))
        }
        if let unread = view.dependsOn.compactMap({ unpopulated[$0] }).min() {
            throw refused(
                view, .unreadable,
                "it reads \(unread), which has never been populated and is not refreshed by this run "
                    + "(the server would answer SQLSTATE 55000)",
                cure: .statement("REFRESH MATERIALIZED VIEW \(unread)"))
        }
        let blocking = configured?.blocking ?? definition.views.blocking
        guard let mode = view.refreshMode(blocking) else {
            throw refused(
                view, .noUniqueIndex, "\(view.whyNotConcurrently), so its readers would wait for a refresh",
                cure: view.uniqueIndexCure)
        }
        let why =
            switch mode {
            case .initial: "it has never been populated"
            case .concurrent: "its unique index allows CONCURRENTLY"
            case .blocking: "it has no unique index, and the configuration allows its readers to wait"
            }
        let action = RefreshView(
            view: view.name, mode: mode, owner: view.owner, role: view.mayActAsOwner ? view.owner : nil,
            unqualified: view.unqualified, uniqueIndexes: view.uniqueIndexes,
            isInForeignSchema: view.foreignSchema != nil, blocking: blocking)
        return PlanStep(
            .refreshView(action),
            reason: "\(why); what changed since its last refresh is not recorded, so it is due on every run",
            limits: StepLimits(
                locks: definition.locks,
                statementTimeout: configured?.statementTimeout ?? definition.views.statementTimeout),
            requires: view.dependsOn.compactMap { populating[$0] }.sorted { $0.object < $1.object }.map { step in
                StepRequirement(
                    step.key,
                    reason: "not refreshed: \(step.object), which it reads and which nobody has populated yet,",
                    notDone: "was not refreshed")
            })
    }

    /// What every run after this one would refuse is said beforehand.
    private func onceFinding(_ view: MaterializedView, _ step: PlanStep) -> Finding? {
        guard let action = step.refreshView, action.mode == .initial, action.blocking == .refuse, !view.hasUniqueIndex
        else { return nil }
        return Finding(
            task: .views, object: view.name,
            message:
                "it is populated this once, and refused ever after: \(view.whyNotConcurrently), and its readers would wait; "
                + view.uniqueIndexCure.labelled)
    }

    /// Sorts each view after those that it reads, and otherwise by name. Circles, which functions
    /// can make of them, are broken somewhere.
    private func inDependencyOrder(_ views: [MaterializedView]) -> [MaterializedView] {
        let byOID = Dictionary(snapshot.views.map { ($0.oid, $0) }, uniquingKeysWith: { first, _ in first })
        let wanted = Set(views.map(\.oid))
        var ordered: [MaterializedView] = []
        var visited: Set<UInt32> = []
        func visit(_ view: MaterializedView) {
            guard visited.insert(view.oid).inserted else { return }
            view.dependsOn.compactMap { byOID[$0] }.sorted { $0.name < $1.name }.forEach(visit)
            // Views that are not selected are visited too: selected ones may depend on each other through them.
            if wanted.contains(view.oid) { ordered.append(view) }
        }
        views.sorted { $0.name < $1.name }.forEach(visit)
        return ordered
    }

    private func missing() -> [Refusal] {
        let existing = Set(snapshot.views.map(\.name))
        let absent = viewDefinitions.values.filter { $0.enabled && !existing.contains($0.view) }.map(\.view)
        return absent.sorted().map {
            Refusal(
                task: .views, object: $0, reason: .missing,
                explanation: "the configuration names it, and the database has no materialized view of that name",
                cure: "correct views.list, or create the view")
        }
    }

    private func refused(
        _ view: MaterializedView, _ reason: Refusal.Reason, _ explanation: String, cure: Cure
    ) -> Refused {
        Refused(
            refusal: Refusal(task: .views, object: view.name, reason: reason, explanation: explanation, cure: cure))
    }
}

extension MaterializedView {
    fileprivate var whyNotConcurrently: String {
        guard let invalid = invalidIndexes.first else {
            return "it has no unique index on plain columns without a WHERE"
        }
        return
            "its unique index \(RelationName.quoted(invalid)) is invalid, as one is whose CREATE INDEX CONCURRENTLY has "
            + "failed (rows that are there twice)"
    }

    fileprivate var uniqueIndexCure: Cure {
        if !invalidIndexes.isEmpty {
            let remade = invalidIndexes.map {
                "REINDEX INDEX CONCURRENTLY \(RelationName(schema: name.schema, name: $0))"
            }
            return Cure(
                .statement,
                introduction:
                    "where what it holds has no key twice, the first; where its query has none any more, the last, for which "
                    + "its readers wait this once",
                remade + ["REFRESH MATERIALIZED VIEW \(name)"])
        }
        return .configuration(
            "views", "list",
            introduction:
                "make a unique index on its key (CREATE UNIQUE INDEX ON \(name)), or allow the wait in the configuration of the database",
            [[("view", Cure.yaml(name.description)), ("blocking", "allow")]])
    }
}
