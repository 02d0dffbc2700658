/// Refresh a materialized view.
package struct RefreshView: Hashable, Sendable {
    package var view: RelationName
    package var mode: Mode
    package var owner: String
    package var reason: String
    package var limits: StepLimits
    /// Functions that the view calls and that pin no search_path: from PostgreSQL 17 a refresh runs with
    /// `pg_catalog, pg_temp`, where their unqualified names are not found.
    package var unpinnedFunctions: [String]

    package enum Mode: String, Hashable, Sendable {
        /// Readers go on.
        case concurrent
        /// The first population: nobody can read the view before it.
        case initial
        /// Readers wait; only where the configuration allows it.
        case blocking
    }

    package init(
        view: RelationName, mode: Mode, owner: String, reason: String, limits: StepLimits,
        unpinnedFunctions: [String] = []
    ) {
        self.view = view
        self.mode = mode
        self.owner = owner
        self.reason = reason
        self.limits = limits
        self.unpinnedFunctions = unpinnedFunctions
    }

    package var locks: [LockRequirement] {
        [LockRequirement(mode == .concurrent ? .exclusive : .accessExclusive, on: view)]
    }
}
