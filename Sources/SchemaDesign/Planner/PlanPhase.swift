/// The phases of a plan, in the order in which each finds what it depends on.
enum PlanPhase: CaseIterable {
    case foundation, types, functions, tables, columns
    // A new partition gets the indexes that its parent has by then, without a step of their own. Rows are filled once
    // everything exists that triggers may write to.
    case partitionedIndexes, firstPartitions
    case values, constraints, indexes, swaps, leftovers, keys, references, partitions, views
    // Wherever the command is interrupted, nobody has been granted what row-level security does not guard yet. Whoever
    // loses the ownership of a table has been granted privileges before. Triggers that write as the schema's owner come
    // when it owns what they write to.
    case rowSecurity, privileges, owners, triggers, counts, comments
}
