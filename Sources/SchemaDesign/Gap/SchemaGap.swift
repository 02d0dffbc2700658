import SQLText

/// How a live schema differs from what it should be.
package struct SchemaGap: Equatable, Sendable {
    /// A property that differs in an object that exists on both sides. nil stands for the default value.
    package struct Difference: Sendable {
        package let object: CatalogObject
        package let property: CatalogProperty
        package let expected: String?
        package let found: String?

        package init(object: CatalogObject, property: CatalogProperty, expected: String?, found: String?) {
            self.object = object
            self.property = property
            self.expected = expected
            self.found = found
        }
    }

    /// For a missing relation only the relation itself is listed, not its parts.
    package private(set) var missing: [CatalogObject] = []
    package private(set) var different: [Difference] = []
    /// What is not part of the schema. It is left alone; for an unknown relation only the relation itself is listed.
    package private(set) var unknown: [CatalogObject] = []
    /// What is optional, and is not there.
    package private(set) var absent: [CatalogObject] = []
    /// What cannot be compared, since the server deparses expressions in a way that has not been recorded.
    package private(set) var notCompared: [Difference] = []

    /// Whether the schema is what it should be.
    package var isClosed: Bool { missing.isEmpty && different.isEmpty && notCompared.isEmpty }

    /// - Parameter isRecorded: whether `expected` was recorded on the major version of the live server. Where it was
    ///   not, a deparsed expression that differs may still be the same.
    package init(expected: CatalogFacts, live: CatalogFacts, isRecorded: Bool = true) {
        for object in expected.objects where object.kind != .partition {
            if live.contains(object) {
                compare(object, expected, object, live, isRecorded)
            } else if Self.isOptional(object, expected, live) {
                absent.append(object)
            } else if !object.isPart || live.hasRelation(object.relation) {
                missing.append(object)
            }
        }
        var parents: [CatalogObject: String] = [:]
        for partition in live.objects(.partition) {
            let template = CatalogObject(.partition, Self.anyPartition, of: partition.relation)
            guard expected.contains(template) else { continue }
            compare(template, expected, partition, live, isRecorded)
            parents[CatalogObject(.partition, partition.name)] = partition.relation
        }
        for object in live.objects {
            if let property = Self.harm(object, expected, live, parents) {
                different.append(
                    Difference(object: object, property: property, expected: nil, found: live[object, property]))
            } else if Self.isUnknown(object, expected, live, parents) {
                unknown.append(object)
            }
        }
        unknown.sort()
    }

    /// The property by which an unexpected object is a gap: it gives access that the schema denies, or undoes what the
    /// schema does. nil for one that is harmless.
    ///
    /// - Parameter parents: the parents of the schema's partitions.
    private static func harm(
        _ object: CatalogObject, _ expected: CatalogFacts, _ live: CatalogFacts, _ parents: [CatalogObject: String]
    ) -> CatalogProperty? {
        guard !expected.contains(object) else { return nil }
        let parent = parents[CatalogObject(.partition, object.relation)]
        let isOurs = parent != nil || expected.hasRelation(object.relation)
        // Whoever may have written the text, it runs as whoever writes to the table.
        if isOurs, live[object, .runsText] != nil { return .runsText }
        switch object.kind {
        // They may run wherever a value of the schema's types is converted or compared, as whoever does that.
        case .cast, .operator, .operatorClass: return .definition
        // Those of columns alone run nothing of others.
        case .statistics: return isOurs && live[object, .expressions] != nil ? .definition : nil
        // Programs that know the schema alone could write no row.
        case .column where expected.contains(CatalogObject(.table, object.relation)):
            let isGiven = live[object, .default] != nil || live[object, .generated] != nil
            return live[object, .null] != nil && !isGiven ? .null : nil
        case .rule: return isOurs ? .definition : nil
        // Permissive policies are combined by OR, so another one shows more rows; a restrictive one only hides some,
        // and one that is for none of the schema's roles and their members shows nothing to these. Partitions should
        // have no policy.
        case .policy:
            let isPermissive = live[object, .definition]?.hasPrefix("AS PERMISSIVE") ?? false
            let isOpening = isPermissive && live[object, .appliesTo] != nil
            return isOurs && (isOpening || parent != nil) ? .definition : nil
        // A function that is replaced would run there from then on, for whoever writes to that table.
        case .trigger where !isOurs: return live[object, .calls] == nil ? nil : .definition
        case .trigger:
            guard let parent, expected.contains(CatalogObject(.trigger, object.name, of: parent)) else { return nil }
            return live[object, .state] == nil ? nil : .state
        default: return nil
        }
    }

    /// The name under which the recorded facts describe every partition of a table.
    package static let anyPartition = "*"

    private mutating func compare(
        _ object: CatalogObject, _ expected: CatalogFacts, _ found: CatalogObject, _ live: CatalogFacts,
        _ isRecorded: Bool
    ) {
        let wanted = expected[object] ?? [:]
        let there = live[found] ?? [:]
        for property in Set(wanted.keys).union(there.keys).sorted() where Self.isCompared(property, of: object.kind) {
            if property == .options, Self.isTuned(object.kind) {
                let extra = StorageOptions(there[property]).without(StorageOptions(wanted[property]))
                unknown += extra.list.map { CatalogObject(.option, $0, of: found.name) }
            }
            // Storage that the schema does not set is up to the administrator.
            if property == .storage, wanted[property] == nil { continue }
            // An optional extension need not be usable.
            if property == .rolesWithoutUse, wanted[.requirement] == Self.optional { continue }
            guard !Self.isSame(wanted[property], there[property], property, of: object.kind) else { continue }
            // Told where the text does not tell it.
            if property == .uses, !Self.isWrittenAlike(wanted, there, object.kind) { continue }
            let difference = Difference(
                object: found, property: property, expected: wanted[property], found: there[property])
            if property == .requirement {
                guard !Self.meets(wanted[property], there[.version]) else { continue }
                different.append(
                    Difference(
                        object: found, property: .version, expected: wanted[property], found: there[.version]))
            } else if property.isDeparsed, !isRecorded, wanted[property] != nil, there[property] != nil {
                notCompared.append(difference)
            } else {
                different.append(difference)
            }
        }
    }

    private static func isSame(
        _ wanted: String?, _ found: String?, _ property: CatalogProperty, of kind: CatalogObject.Kind
    ) -> Bool {
        if wanted.isSame(as: found) { return true }
        if property == .options {
            let (wanted, found) = (StorageOptions(wanted), StorageOptions(found))
            return wanted == (isTuned(kind) ? found.restricted(to: wanted) : found)
        }
        guard kind == .function, property == .definition, let wanted, let found else { return false }
        return untuned(wanted).elementsEqual(untuned(found)) { $0.utf8.elementsEqual($1.utf8) }
    }

    private static func isWrittenAlike(
        _ wanted: [CatalogProperty: String], _ found: [CatalogProperty: String], _ kind: CatalogObject.Kind
    ) -> Bool {
        [.default, .definition, .generated].allSatisfy { isSame(wanted[$0], found[$0], $0, of: kind) }
    }

    /// Whether options that the schema does not set are up to the administrator. Not those of a view: they decide what
    /// its readers see.
    private static func isTuned(_ kind: CatalogObject.Kind) -> Bool { kind != .view }

    /// The lines of a function's definition without its IVFFlat probes, which an administrator tunes by ALTER FUNCTION
    /// ... SET. The body, which may have such lines as well, begins behind `AS` in the first column.
    private static func untuned(_ definition: String) -> [Substring] {
        let tuned = ["ivfflat.probes", "ivfflat.max_probes"].flatMap { [" SET \"\($0)\" TO ", " SET \($0) TO "] }
        let lines = definition.split(separator: "\n", omittingEmptySubsequences: false)
        let body = lines.firstIndex { $0.hasPrefix("AS ") } ?? lines.endIndex
        return lines[..<body].filter { line in !tuned.contains { line.hasPrefix($0) } } + lines[body...]
    }

    private static func isCompared(_ property: CatalogProperty, of kind: CatalogObject.Kind) -> Bool {
        switch (kind, property) {
        // Any schema will do, and any version that meets the requirement.
        case (.extension, .schema), (.extension, .version): false
        case (.index, .lists), (.index, .extension), (_, .partitions), (.policy, .appliesTo), (.trigger, .calls),
            (.trigger, .work):
            false
        // Its next refresh fills it.
        case (.materializedView, .state): false
        case (.partition, .bounds), (.column, .position), (.column, .notNullConstraint), (.table, .bytes),
            (.table, .rows):
            false
        default: true
        }
    }

    private static let optional = "optional"

    private static func isOptional(_ object: CatalogObject, _ expected: CatalogFacts, _ live: CatalogFacts) -> Bool {
        func isOptional(_ name: String) -> Bool {
            expected[CatalogObject(.extension, name), .requirement] == optional
        }
        if object.kind == .extension { return isOptional(object.name) }
        guard object.kind == .index, let name = expected[object, .extension] else { return false }
        return isOptional(name) && !live.contains(CatalogObject(.extension, name))
    }

    /// Whether an extension's version is what `at least 0.8` asks for.
    private static func meets(_ requirement: String?, _ version: String?) -> Bool {
        guard let requirement, requirement.hasPrefix("at least ") else { return true }
        let least = numbers(requirement.dropFirst("at least ".count))
        return version.map { !numbers($0[...]).lexicographicallyPrecedes(least) } ?? false
    }

    private static func numbers(_ version: Substring) -> [Int] {
        version.split(separator: ".").map { part in Int(part.prefix { $0.isWholeNumber }) ?? 0 }
    }

    /// - Parameter parents: the parents of the schema's partitions.
    private static func isUnknown(
        _ object: CatalogObject, _ expected: CatalogFacts, _ live: CatalogFacts, _ parents: [CatalogObject: String]
    ) -> Bool {
        switch object.kind {
        // They belong to the whole database, or the whole cluster.
        case .role, .extension: false
        case .member: true
        // Partitions are compared with the template of their parent.
        case .partition: false
        // A fact without a definition is about the copy of a parent's trigger, and no trigger of its own.
        case _ where parents[CatalogObject(.partition, object.relation)] != nil: live[object, .definition] != nil
        default: !expected.contains(object) && (!object.isPart || expected.hasRelation(object.relation))
        }
    }
}

extension SchemaGap.Difference: Equatable {
    package static func == (left: Self, right: Self) -> Bool {
        left.object == right.object && left.property == right.property
            && left.expected.isSame(as: right.expected) && left.found.isSame(as: right.found)
    }
}
