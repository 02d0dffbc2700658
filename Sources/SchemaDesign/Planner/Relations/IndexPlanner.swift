import SQLText

/// Indexes, on a partitioned table one for each partition. They are built CONCURRENTLY.
struct IndexPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planIndex(_ index: CatalogObject) throws(SQLTextError) {
        guard !gap.absent.contains(index), let definition = expected[index, .definition] else { return }
        let relation = index.relation
        if !live.hasRelation(relation) {
            try TakenNamePlanner(self).refuseTakenName(index)
            plan.add(
                .indexes, index, .together, "the index is missing",
                try comparison.createIndex(index.name, definition, lists: expected[index, .lists], on: relation))
            return
        }
        let pending = comparison.pendingColumns(in: definition, of: relation)
        if !pending.isEmpty {
            // Built on the new columns, before these get their final names.
            try replace(index, DeparsedExpression(definition).renaming(pending), "\(index.name) is missing")
        } else if comparison.isDefined(staged(index), as: index) {
            // An earlier call was interrupted before it could rename the index.
            try replace(index, definition, "\(index.name) is not complete")
        } else if live.contains(index) {
            if !comparison.isDefined(index, as: index) {
                try replace(index, definition, "\(index.name) is another index")
            } else if live[index, .state] != nil {
                try build(index.name, for: index, definition, "\(index.name) is not valid")
            }
        } else if let twin = comparison.twin(of: index) {
            plan.addBriefly(
                .swaps, relation, .shareUpdateExclusive, "\(index.name) is called \(twin.name)",
                "ALTER INDEX \(try qualified(twin.name)) RENAME TO \(try SQLIdentifier(index.name).quoted)")
        } else {
            try TakenNamePlanner(self).refuseTakenName(index)
            try build(index.name, for: index, definition, "\(index.name) is missing")
        }
    }

    // MARK: - Building

    /// The index under the name that it has until it replaces another.
    private func staged(_ index: CatalogObject) -> CatalogObject {
        CatalogObject(.index, ReservedName.fitted(ReservedName.newPrefix, index.name), of: index.relation)
    }

    /// Builds the index beside the one that has its name, and renames it when the columns have their final names.
    private func replace(
        _ index: CatalogObject, _ definition: String, _ purpose: String
    ) throws(SQLTextError) {
        let other = staged(index).name
        try build(other, for: index, definition, purpose)
        if live.contains(index) {
            plan.addBriefly(
                .leftovers, index.relation, .accessExclusive, purpose, "DROP INDEX \(try qualified(index.name))")
        }
        plan.addBriefly(
            .leftovers, index.relation, .accessExclusive, purpose,
            "ALTER INDEX \(try qualified(other)) RENAME TO \(try SQLIdentifier(index.name).quoted)")
    }

    /// - Parameter name: under which it is built.
    private func build(
        _ name: String, for index: CatalogObject, _ definition: String, _ purpose: String
    ) throws(SQLTextError) {
        let lists = expected[index, .lists]
        guard comparison.isPartitioned(index.relation) else {
            plan.append(
                SchemaStep(
                    index, .concurrently(index: name), purpose,
                    [try comparison.createIndex(name, definition, lists: lists, on: index.relation, isConcurrent: true)]
                ),
                to: .indexes)
            return
        }
        let built = CatalogObject(.index, name, of: index.relation)
        if !live.contains(built) {
            plan.addBriefly(
                .partitionedIndexes, index.relation, .share, purpose,
                try comparison.createIndex(name, definition, lists: lists, on: index.relation, isOnly: true))
        }
        // The indexes of partitions keep the names that they are built under.
        let stem = live.contains(index) ? name : index.name
        for partition in comparison.partitions(without: built) {
            let part = ReservedName.fitted("\(partition)_", stem.withoutPrefix("\(index.relation)_") ?? stem)
            try TakenNamePlanner(self).askForTakenPart(index, part, of: partition, definition)
            plan.append(
                SchemaStep(
                    index, .concurrently(index: part), "\(purpose) on \(partition)",
                    [try comparison.createIndex(part, definition, lists: lists, on: partition, isConcurrent: true)]),
                to: .indexes)
            plan.addBriefly(
                .swaps, partition, .shareUpdateExclusive, locking: part, purpose,
                ["ALTER INDEX \(try qualified(name)) ATTACH PARTITION \(try qualified(part))"])
        }
    }
}
