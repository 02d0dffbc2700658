import SQLText

extension SchemaPlanner {
    mutating func planIndex(_ index: CatalogObject) throws(SQLTextError) {
        guard !gap.absent.contains(index), let definition = expected[index, .definition] else { return }
        let relation = index.relation
        if !live.hasRelation(relation) {
            try refuseTakenName(index)
            add(
                .indexes, index, .together, "the index is missing",
                try createIndex(index.name, definition, lists: expected[index, .lists], on: relation))
            return
        }
        let pending = pendingColumns(in: definition, of: relation)
        if !pending.isEmpty {
            // Ready before the columns are swapped.
            try replace(index, Self.renamed(definition, pending), "\(index.name) is missing")
        } else if live[staged(index), .definition] == definition {
            // An earlier call was interrupted before it had its name.
            try replace(index, definition, "\(index.name) is not complete")
        } else if let found = live[index, .definition] {
            if found != definition {
                try replace(index, definition, "\(index.name) is another index")
            } else if live[index, .state] != nil {
                try build(index.name, for: index, definition, "\(index.name) is not valid")
            }
        } else if let twin = twin(of: index, definition) {
            addBriefly(
                .swaps, relation, .shareUpdateExclusive, "\(index.name) is called \(twin.name)",
                "ALTER INDEX \(try qualified(twin.name)) RENAME TO \(try SQLIdentifier(index.name).quoted)")
        } else {
            try refuseTakenName(index)
            try build(index.name, for: index, definition, "\(index.name) is missing")
        }
    }

    /// The new names of columns that are under conversion, by their final names.
    func pendingColumns(in expression: String, of relation: String) -> [String: String] {
        Self.words(expression).reduce(into: [:]) { names, word in
            let column = CatalogObject(.column, word, of: relation)
            if expected.contains(column), needsConversion(column) { names[word] = Self.newPrefix + word }
        }
    }

    /// The same index or constraint under a name that nobody expected.
    func twin(of object: CatalogObject, _ definition: String) -> CatalogObject? {
        live.parts(object.kind, of: object.relation).first { other in
            live[other, .definition] == definition && live[other, .state] == nil && !expected.contains(other)
                && !other.name.hasPrefix(Self.oldPrefix)
        }
    }

    // MARK: - Building

    /// What it is until it has its name.
    private func staged(_ index: CatalogObject) -> CatalogObject {
        CatalogObject(.index, Self.derived(Self.newPrefix, index.name), of: index.relation)
    }

    /// Builds it beside what has its name, and gives it that name when the columns have theirs.
    private mutating func replace(
        _ index: CatalogObject, _ definition: String, _ purpose: String
    ) throws(SQLTextError) {
        let other = staged(index).name
        try build(other, for: index, definition, purpose)
        if live.contains(index) {
            addBriefly(
                .leftovers, index.relation, .accessExclusive, purpose, "DROP INDEX \(try qualified(index.name))")
        }
        addBriefly(
            .leftovers, index.relation, .accessExclusive, purpose,
            "ALTER INDEX \(try qualified(other)) RENAME TO \(try SQLIdentifier(index.name).quoted)")
    }

    /// - Parameter name: under which it is built.
    private mutating func build(
        _ name: String, for index: CatalogObject, _ definition: String, _ purpose: String
    ) throws(SQLTextError) {
        let lists = expected[index, .lists]
        guard isPartitioned(index.relation) else {
            append(
                SchemaStep(
                    index, .concurrently(index: name), purpose,
                    [try createIndex(name, definition, lists: lists, on: index.relation, isConcurrent: true)]),
                to: .indexes)
            return
        }
        let built = CatalogObject(.index, name, of: index.relation)
        if !live.contains(built) {
            addBriefly(
                .partitionedIndexes, index.relation, .share, purpose,
                try createIndex(name, definition, lists: lists, on: index.relation, isOnly: true))
        }
        // Its parts keep the names that they are built under.
        let stem = live.contains(index) ? name : index.name
        for partition in partitions(without: built) {
            let part = Self.derived("\(partition)_", stem.dropped("\(index.relation)_") ?? stem)
            try askForTakenPart(index, part, of: partition, definition)
            append(
                SchemaStep(
                    index, .concurrently(index: part), "\(purpose) on \(partition)",
                    [try createIndex(part, definition, lists: lists, on: partition, isConcurrent: true)]), to: .indexes)
            addBriefly(
                .swaps, partition, .shareUpdateExclusive, locking: part, purpose,
                ["ALTER INDEX \(try qualified(name)) ATTACH PARTITION \(try qualified(part))"])
        }
    }

    /// What an earlier call has built for a partition is taken; anything else that has its name stands in its way.
    ///
    /// - Parameter isKey: whether a constraint is to be made of it.
    mutating func askForTakenPart(
        _ object: CatalogObject, _ part: String, of partition: String, _ definition: String, isKey: Bool = false
    ) throws(SQLTextError) {
        askForThings(
            RowQuery.takenPart.question(
                about: object, .text(schema), .text(part), .text(try qualified(partition)),
                .text(Self.using(definition)), .flag(definition.hasPrefix("CREATE UNIQUE")), .flag(isKey)),
            "the name \(part), of its part for \(partition), is taken",
            cure: "give that another name, then repeat the command")
    }

    /// The partitions that have no part of the index yet.
    func partitions(without index: CatalogObject) -> [String] {
        let attached = Set((live[index, .partitions] ?? "").split(separator: ", ").map(String.init))
        return live.parts(.partition, of: index.relation).map(\.name).filter { !attached.contains($0) }
    }

    func createIndex(
        _ name: String, _ definition: String, lists: String? = nil, on table: String, isOnly: Bool = false,
        isConcurrent: Bool = false
    ) throws(SQLTextError) -> String {
        let unique = definition.hasPrefix("CREATE UNIQUE") ? "UNIQUE " : ""
        let using = Self.using(definition)
        let options = lists.map { " WITH (lists = \($0))" } ?? ""
        return "CREATE \(unique)INDEX \(isConcurrent ? "CONCURRENTLY " : "")\(try SQLIdentifier(name).quoted) "
            + "ON \(isOnly ? "ONLY " : "")\(try qualified(table))\(using)\(options)"
    }

    /// Of the definition of an index, what stands behind its table.
    static func using(_ definition: String) -> String {
        definition.firstRange(of: " USING ").map { String(definition[$0.lowerBound...]) } ?? ""
    }

    /// Prefix and name; where that is too long for an identifier, cut, with a checksum of the whole.
    static func derived(_ prefix: String, _ name: String) -> String {
        let whole = prefix + name
        guard whole.utf8.count > SQLIdentifier.maximumBytes else { return whole }
        var hash: UInt32 = 2_166_136_261
        for byte in whole.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        var cut = whole
        while cut.utf8.count + digits.utf8.count + 1 > SQLIdentifier.maximumBytes { cut.removeLast() }
        return "\(cut)_\(digits)"
    }
}
