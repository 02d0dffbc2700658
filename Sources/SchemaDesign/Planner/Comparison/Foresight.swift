import SQLText

/// What will stand when the first steps of a plan are done, from which the others are planned: so that a plan says all that
/// will be done, and the rows are asked all that matters, before anything has changed.
struct Foresight: Sendable {
    /// The live facts as they will be by then.
    private(set) var verification: SchemaVerification
    /// As it is.
    let found: SchemaVerification
    /// The types that get another name, since none of the expected ones can be made of them.
    private(set) var typesAside: [CatalogObject] = []
    /// The tables that are replaced by others with their rows: since another partition key cannot be given to them, or
    /// since the caller says so.
    private(set) var tablesReplaced: [CatalogObject] = []
    /// The relations that get another name, since the caller says so.
    private(set) var relationsAside: [CatalogObject] = []
    /// What is dropped, since the caller says so.
    private(set) var partsDropped: [CatalogObject] = []

    /// Nothing is foreseen.
    init(asFound found: SchemaVerification) {
        self.found = found
        verification = found
    }

    /// - Parameter deadline: for how long a step may make others wait.
    init(_ found: SchemaVerification, deadline: Duration, _ choices: RepairChoices) {
        self.init(asFound: found)
        var live = found.live
        for choice in choices.dropped {
            for part in live.objects where Self.isDropped(part, choice, found) {
                live.remove(part)
                partsDropped.append(part)
            }
        }
        for name in choices.setAside where !live.hasRelation(ReservedName.aside(name)) {
            for kind in Self.heldAside where Self.isInTheWay(CatalogObject(kind, name), found) {
                Self.remove(CatalogObject(kind, name), from: &live)
                relationsAside.append(CatalogObject(kind, name))
            }
        }
        let chosen = choices.replaced.filter { Self.isReplaced($0, found) }.map { CatalogObject(.table, $0) }
        for table in Set(Self.unfitting(found) + chosen).sorted() where live.hasRelation(table.name) {
            // How much a view shows, only a question tells.
            guard !live.contains(table) || Self.copying(of: table, in: live).map({ $0 <= deadline }) ?? false else {
                continue
            }
            Self.replace(table, in: &live, found.expected, found.gap.absent)
            tablesReplaced.append(table)
        }
        for difference in found.gap.different where TypePlanner.isReplaced(difference) {
            Self.setAside(difference.object, in: &live, of: found.schema)
            typesAside.append(difference.object)
        }
        guard live != found.live else { return }
        verification = SchemaVerification(
            schema: found.schema, major: found.major, expected: found.expected, live: live, isRecorded: found.isRecorded
        )
    }

    /// Its columns have it under the other name.
    private static func setAside(_ type: CatalogObject, in live: inout CatalogFacts, of schema: String) {
        let aside = ReservedName.old(type.name)
        for (property, value) in live[type] ?? [:] { live.add(CatalogObject(.type, aside), property, value) }
        live.remove(type)
        let (old, new) = ("\(schema).\(type.name)", "\(schema).\(aside)")
        for column in live.objects(.column) {
            guard let found = live[column, .type], found == old || found == "\(old)[]" else { continue }
            live.add(column, .type, found.replacing(old, with: new))
            guard let value = live[column, .default] else { continue }
            live.add(column, .default, value.replacing("::\(old)", with: "::\(new)"))
        }
    }

    // MARK: - What the caller says

    private static let heldAside = [CatalogObject.Kind.table, .view, .materializedView]

    /// A primary key is not dropped alone: rows would have none until the new one is built.
    private static func isDropped(_ part: CatalogObject, _ choice: PartChoice, _ found: SchemaVerification) -> Bool {
        guard part.isPart, PartChoice(part) == choice, [.policy, .trigger, .constraint, .index].contains(part.kind),
            let definition = found.live[part, .definition]
        else { return false }
        return !definition.isSame(as: found.expected[part, .definition])
            && !ConstraintDefinition(definition).isPrimaryKey
    }

    /// Not what the schema has and as it has it: the same words may be said again when all is done.
    private static func isInTheWay(_ relation: CatalogObject, _ found: SchemaVerification) -> Bool {
        guard found.live.contains(relation) else { return false }
        return !found.expected.contains(relation) || relation.kind == .table && differs(relation.name, found)
    }

    /// Whether the caller's word for it is still to be done.
    static func isReplaced(_ name: String, _ found: SchemaVerification) -> Bool {
        let isThere = [.table, .view].contains { found.live.contains(CatalogObject($0, name)) }
        return isThere && !found.live.hasRelation(ReservedName.old(name))
            && differs(name, found)
    }

    private static func differs(_ relation: String, _ found: SchemaVerification) -> Bool {
        (found.gap.missing + found.gap.different.map(\.object)).contains {
            $0.relation.isSame(as: relation) || !$0.isPart && $0.name.isSame(as: relation)
        }
    }

    // MARK: - Tables

    /// The tables that have another partition key than they should, one of another type, or none.
    private static func unfitting(_ found: SchemaVerification) -> [CatalogObject] {
        let different = found.gap.different.filter {
            $0.property == .partitionKey && $0.expected != nil
                || $0.property == .type && isInKey($0.object, found.expected) && isInKey($0.object, found.live)
        }
        return Set(
            different.map { $0.object.isPart ? CatalogObject(.table, $0.object.relation) : $0.object }
        ).sorted()
    }

    private static func isInKey(_ column: CatalogObject, _ facts: CatalogFacts) -> Bool {
        let key = facts[CatalogObject(.table, column.relation), .partitionKey]
        return column.kind == .column && key.map { DeparsedExpression($0).names.contains(column.name) } ?? false
    }

    /// How long it takes to copy a table into another with its indexes, by what it has on disk; nil where that is not known.
    ///
    /// Measured: 20 to 40 MB a second on two shared cores, with fsync.
    static func copying(of table: CatalogObject, in live: CatalogFacts) -> Duration? {
        live[table, .bytes].flatMap { Int($0) }.map { .milliseconds($0 / bytesCopiedPerMillisecond) }
    }

    /// How many bytes are copied within a time.
    static func copied(in time: Duration) -> Int { Int(time / .milliseconds(1)) * bytesCopiedPerMillisecond }

    private static let bytesCopiedPerMillisecond = 20_000

    /// It is what the schema expects, with the triggers, policies and privileges that it had. Foreign keys come later.
    private static func replace(
        _ table: CatalogObject, in live: inout CatalogFacts, _ expected: CatalogFacts, _ absent: [CatalogObject]
    ) {
        let kinds = [CatalogObject.Kind.table, .view].filter { live.contains(CatalogObject($0, table.name)) }
        let former = kinds.first.flatMap { live[CatalogObject($0, table.name)] } ?? [:]
        for kind in kinds {
            remove(CatalogObject(kind, table.name), from: &live, but: kind == .table ? [.trigger, .policy] : [])
        }
        func take(_ object: CatalogObject) {
            for (property, value) in expected[object] ?? [:] where property != .comment && property.grantee == nil {
                live.add(object, property, value)
            }
        }
        take(table)
        for (property, value) in former where property.grantee != nil { live.add(table, property, value) }
        for column in expected.parts(.column, of: table.name) { take(column) }
        for index in expected.parts(.index, of: table.name) where !absent.contains(index) { take(index) }
        for constraint in expected.parts(.constraint, of: table.name)
        where !ConstraintDefinition(expected[constraint, .definition] ?? "").isForeignKey { take(constraint) }
    }

    /// With its parts and partitions, and the foreign keys that refer to it.
    private static func remove(
        _ relation: CatalogObject, from live: inout CatalogFacts, but kept: [CatalogObject.Kind] = []
    ) {
        let partitions = Set(live.parts(.partition, of: relation.name).map(\.name))
        for object in live.objects where object.isPart {
            let isIts = object.relation.isSame(as: relation.name)
            let key = ConstraintDefinition(live[object, .definition] ?? "")
            let isIncoming = object.kind == .constraint && key.isForeignKey && key.referencedTable == relation.name
            if isIts && !kept.contains(object.kind) || isIncoming || partitions.contains(object.relation) {
                live.remove(object)
            }
        }
        live.remove(relation)
    }
}
