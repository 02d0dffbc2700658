/// What a step that was done has come to: kept in its row in the ledger, in the transaction of its effect.
package struct StepResult: Hashable, Sendable {
    /// What a figure counts. The words are permanent: the ledger stores them.
    package enum Figure: String, CaseIterable, Hashable, Sendable {
        /// On disk, with indexes and TOAST, after the step.
        case bytes
        /// That were changed.
        case rows
    }

    package var figures: [Figure: Int64]
    /// What the planner of its action has to know of its object again, in the place of what it knew; nil keeps that.
    package var memory: [String: String]?
    /// Whether there is more to do for its object, which the planner says from what the step has left.
    package var hasMore: Bool

    package init(figures: [Figure: Int64] = [:], memory: [String: String]? = nil, hasMore: Bool = false) {
        self.figures = figures
        self.memory = memory
        self.hasMore = hasMore
    }
}
