/// The phases of a plan, in the order in which each finds what it depends on.
enum PlanPhase: CaseIterable {
    // The schema's own role owns every relation before any code of theirs runs (triggers, expressions, CHECKs), so that
    // it runs with the rights of that role, whoever executes the plan.
    case foundation, types, functions, possession, tables, columns
    // A new partition gets the indexes that its parent has by then, without a step of their own. Rows are filled once
    // everything exists that triggers may write to.
    case partitionedIndexes, firstPartitions
    case values, constraints, indexes, swaps, leftovers, keys, references, partitions, views
    // Wherever the command is interrupted, nobody has been granted what row-level security does not guard yet. Whoever
    // lost the ownership of a table keeps the privileges that he needs until he has others.
    case rowSecurity, privileges, formerOwners, triggers, counts, comments

    /// Whether its steps may run code of the relations that they are about. These belong to the schema's own role by
    /// then, and the steps run as that role. All others run none, and may need what only the caller may do: the triggers
    /// of foreign keys are enabled by superusers.
    var isOwners: Bool {
        switch self {
        case .foundation, .types, .functions, .possession, .privileges, .formerOwners, .triggers, .comments: false
        default: true
        }
    }
}
