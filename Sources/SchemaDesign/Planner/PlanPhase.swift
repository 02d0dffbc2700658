/// The phases of a plan: in this order everything finds what it needs.
enum PlanPhase: CaseIterable {
    case foundation, types, functions, tables, columns
    // A new partition has all the indexes that its parent has by then; one that came before them would get each of
    // them CONCURRENTLY. Rows are filled when all is there that triggers may write to.
    case partitionedIndexes, firstPartitions
    case values, constraints, indexes, swaps, leftovers, keys, references, partitions, views
    // Nobody is granted what row-level security does not guard yet, whenever the command is interrupted. Whoever loses
    // a table has its privileges before that. Triggers that write as the schema's owner find it owning what they write
    // to.
    case rowSecurity, privileges, owners, triggers, counts, comments
}
