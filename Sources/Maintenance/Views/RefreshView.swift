import SQLText

/// Refreshes a materialized view.
package struct RefreshView: StepAction {
    package static let kind = ActionKind.refreshView
    package static let task = TaskKind.views

    package var view: RelationName
    package var mode: Mode
    /// Whose code the server runs.
    package var owner: String
    package var codeOwner: String? { owner }
    /// The role for SET ROLE before the work: the owner; nil keeps the role that connected, which has MAINTAIN then.
    package var role: String?
    /// From PostgreSQL 17 on, a refresh runs with the search_path `pg_catalog, pg_temp`, where these may not be found.
    package var unqualified: UnqualifiedNames
    /// The unique indexes that the view has, five at most.
    package var uniqueIndexes: [String]
    /// Whether the schema of the view belongs to somebody else, who could put another one in its place.
    package var isInForeignSchema: Bool
    /// Whether the readers of the view may be made to wait.
    package var blocking: BlockingRefresh

    package enum Mode: String, Hashable, Sendable {
        /// REFRESH ... CONCURRENTLY: readers do not wait.
        case concurrent
        /// The first population: the view cannot be read before it anyway.
        case initial
        /// Readers wait; only if the configuration allows it.
        case blocking
    }

    package init(
        view: RelationName, mode: Mode, owner: String, role: String?,
        unqualified: UnqualifiedNames = UnqualifiedNames(),
        uniqueIndexes: [String] = [], isInForeignSchema: Bool = false, blocking: BlockingRefresh = .refuse
    ) {
        self.view = view
        self.mode = mode
        self.owner = owner
        self.role = role
        self.unqualified = unqualified
        self.uniqueIndexes = uniqueIndexes
        self.isInForeignSchema = isInForeignSchema
        self.blocking = blocking
    }

    package var object: RelationName { view }
    package var identity: [String] { ["\(view)"] }
    package var attributes: [StepAttribute] { [.mode(mode.rawValue)] }

    package var description: String {
        "refresh materialized view \(mode == .concurrent ? "concurrently " : "")\(view)"
    }

    package var locks: [LockRequirement] {
        [LockRequirement(mode == .concurrent ? .exclusive : .accessExclusive, on: view)]
    }
}

extension RefreshView {
    /// Why this step no longer fits the view as it is now; nil if it does. The mode is chosen as the planner chooses
    /// it.
    package func supersession(by view: MaterializedView?) -> String? {
        guard let view else { return "\(self.view) is no materialized view any more" }
        if !view.owner.isSame(as: owner) { return "\(self.view) belongs to \(view.owner) by now; run again" }
        if let code = view.foreignCode { return "\(code.explanation(as: owner)); run again" }
        let modeNow = view.refreshMode(blocking)
        if modeNow == mode { return nil }
        return switch (mode, modeNow) {
        case (.initial, _): "\(self.view) was populated meanwhile"
        case (.concurrent, _): "\(self.view) can no longer be refreshed concurrently; run again"
        case (.blocking, .concurrent): "\(self.view) can be refreshed concurrently by now; run again"
        case (.blocking, _): "\(self.view) is not populated any more; run again"
        }
    }
}

extension RefreshView {
    /// What to do about its failure; nil where that is not known.
    package func cure(for failure: ServerFailure, on server: ServerCapabilities) -> Cure? {
        switch failure.sqlState {
        case let state? where UnqualifiedNames.notFound.contains(state):
            return unqualified.cure(for: failure, of: view, isRestricted: server.has(.restrictedSearchPath))
        case .cardinalityViolation?, .uniqueViolation?:
            return uniqueIndexes.isEmpty ? nil : duplicatesCure
        default:
            return failure.failureClass == .timeout
                ? "raise views.statement_timeout, or make the view's query cheaper" : nil
        }
    }

    /// Which of the two is right depends on whether the rows or the index are what was meant.
    private var duplicatesCure: Cure {
        let names = uniqueIndexes.map { RelationName(schema: view.schema, name: $0).description }
        let (several, them) = names.count > 1 ? ("indexes", "those that it does not fit") : ("index", "it")
        return .advice(
            "the query of \(view) gives a key of its unique \(several) \(names.joined(separator: ", ")) more than once: correct "
                + "the rows that it reads, or make the view anew with GROUP BY that key; or drop \(them) (DROP INDEX CONCURRENTLY "
                + "\(names[0])) for an index on columns that tell its rows apart, without which its readers wait "
                + "(blocking: allow)")
    }
}

extension MaterializedView {
    /// How it can be refreshed; nil if its readers would have to wait and `blocking` does not allow that.
    package func refreshMode(_ blocking: BlockingRefresh) -> RefreshView.Mode? {
        if !isPopulated { return .initial }
        if hasUniqueIndex { return .concurrent }
        return blocking == .allow ? .blocking : nil
    }
}

extension PlanStep {
    /// The action of a step that refreshes a view.
    package var refreshView: RefreshView? {
        if case .refreshView(let action) = action { action } else { nil }
    }
}
