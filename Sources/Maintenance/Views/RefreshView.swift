import SQLText

/// Refresh a materialized view.
package struct RefreshView: Hashable, Sendable {
    package var view: RelationName
    package var mode: Mode
    /// The role to SET before it: the owner; nil where our own has MAINTAIN.
    package var role: String?
    package var reason: String
    package var limits: StepLimits
    /// Functions that the view calls and that pin no search_path: from PostgreSQL 17 a refresh runs with
    /// `pg_catalog, pg_temp`, where their unqualified names are not found.
    package var unpinnedFunctions: [String]

    /// The materialized views that it reads, directly or through plain views.
    package var dependsOn: [RelationName]

    package enum Mode: String, Hashable, Sendable {
        /// Readers go on.
        case concurrent
        /// The first population: nobody can read the view before it.
        case initial
        /// Readers wait; only where the configuration allows it.
        case blocking
    }

    package init(
        view: RelationName, mode: Mode, role: String?, reason: String, limits: StepLimits,
        unpinnedFunctions: [String] = [], dependsOn: [RelationName] = []
    ) {
        self.view = view
        self.mode = mode
        self.role = role
        self.reason = reason
        self.limits = limits
        self.unpinnedFunctions = unpinnedFunctions
        self.dependsOn = dependsOn
    }

    package var locks: [LockRequirement] {
        [LockRequirement(mode == .concurrent ? .exclusive : .accessExclusive, on: view)]
    }
}
