import CivilTime
import SQLText

/// Decides which partitions are to be created: a pure function of the definition and the snapshot.
package struct PartitionPlanner {
    let definition: DatabaseDefinition
    let snapshot: CatalogSnapshot
    /// The configuration of each table; if a table has two entries, the first one counts.
    let setDefinitions: [RelationName: PartitionSetDefinition]
    /// False while a cure is tried: what fails there needs none.
    var triesCures = true

    package init(definition: DatabaseDefinition, snapshot: CatalogSnapshot) {
        self.definition = definition
        // Sorted once, so that `orderedPartitions` never has to sort again.
        var ordered = snapshot
        for index in ordered.tables.indices {
            ordered.tables[index].partitions = ordered.tables[index].orderedPartitions
        }
        self.snapshot = ordered
        setDefinitions = Dictionary(
            definition.partitionSets.map { ($0.table, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// For what only needs the steps and the reasons.
    var withoutCures: PartitionPlanner {
        var planner = self
        planner.triesCures = false
        return planner
    }

    /// The plan for all selected tables, in the order of their names, and for configured tables that do not exist.
    package func plan() -> TaskPlan {
        var plan = TaskPlan()
        // Two tables with the same naming, or with long names that differ only after the 63rd byte, can need the same
        // name.
        var claims: [RelationName: RelationName] = [:]
        let selected = selectedTables
        let parts = Dictionary(grouping: selected.filter(\.isPartition), by: \.parentOID)
        for table in selected { plan += self.plan(table, parts[table.oid] ?? [], claims: &claims) }
        let existing = Set(snapshot.tables.map(\.name))
        let missing = setDefinitions.values.filter { $0.enabled && !existing.contains($0.table) }.map(\.table)
        for table in missing.sorted() { plan += TaskPlan(refusals: [missingTable(table)], objectsInView: 1) }
        return plan
    }

    /// What the reader of the snapshot still has to look up: a plan that is made without it shows which names and
    /// siblings matter.
    package func questions() -> PartitionQuestions {
        let plan = withoutCures.plan()
        let actions = plan.steps.compactMap(\.createPartition)
        let parents = Set(actions.map(\.parentOID))
        let refused = Set(plan.refusals.filter { $0.reason.isOfInference }.map(\.object))
        let inQuestion = snapshot.tables.filter { isZoneInQuestion($0, parents, refused) }
        return PartitionQuestions(
            names: Set(actions.map(\.partition)),
            templates: snapshot.tables.filter { parents.contains($0.oid) }.map { ($0.oid, $0.templatePartition?.oid) },
            bounds: inQuestion.map { ($0.oid, $0.newestBounds) })
    }

    var selectedTables: [PartitionedTable] {
        // A partition that is itself partitioned belongs to its parent, which is refused as a whole. If it were
        // discovered as a table of its own, it would get partitions beyond its own bounds.
        let subpartitioned = Set(
            snapshot.tables.lazy.filter { $0.strategy == .range }.flatMap(\.partitions)
                .filter(\.isPartitioned).map(\.oid))
        // So does a DEFAULT partition that is partitioned: what it would get, its table has no rows for.
        let defaults = Set(snapshot.tables.lazy.filter { $0.strategy == .range }.compactMap(\.defaultPartition))
        return snapshot.tables.filter { table in
            if let configured = setDefinitions[table.name] { return configured.enabled }
            return definition.partitions.discover && definition.schemas.contains(table.name.schema)
                && !subpartitioned.contains(table.oid) && !defaults.contains(table.name)
        }.sorted { $0.name < $1.name }
    }

    /// - Parameter tendedParts: its partitions that are tended as tables of their own.
    private func plan(
        _ table: PartitionedTable, _ tendedParts: [PartitionedTable], claims: inout [RelationName: RelationName]
    ) -> TaskPlan {
        if let refusal = table.undecodable?.refusal(.partitions, of: table.name) {
            return TaskPlan(refusals: [refusal], runways: [runway(of: table)].compactMap(\.self), objectsInView: 1)
        }
        do throws(InferenceFailure) {
            let set = try inference(of: table).infer(table)
            var plan = plan(set, claims: &claims)
            if !plan.steps.isEmpty, let finding = zoneFinding(set) { plan.findings.append(finding) }
            return plan
        } catch {
            if let finding = tendedBelowFinding(table, error, tendedParts) {
                return TaskPlan(findings: [finding], objectsInView: 1)
            }
            let runway = runway(of: table)
            // Rows for now and all later ones have their partition: nothing is missing.
            if let runway, runway.isUnbounded {
                let finding = Finding(
                    task: .partitions, object: table.name,
                    message: "\(error.explanation); writes succeed without an end, and nothing is made")
                return TaskPlan(findings: [finding], runways: [runway], objectsInView: 1)
            }
            return TaskPlan(
                refusals: [refusal(of: table, error)], runways: [runway].compactMap(\.self), objectsInView: 1)
        }
    }

    func inference(of table: PartitionedTable, as set: PartitionSetDefinition? = nil) -> PartitionInference {
        PartitionInference(
            definition: set ?? setDefinitions[table.name], defaults: definition.partitions, server: snapshot.server,
            zones: snapshot.zones, now: snapshot.takenAt)
    }

    /// Whether anything but a privilege keeps one of its partitions from being made.
    func hasObstacle(_ set: PartitionSet) -> Bool {
        guard let current = currentPeriod(of: set) else { return true }
        let gaps = PartitionGaps(set: set, current: current, zones: snapshot.zones)
        return holeRefusal(set) != nil
            || wanted(set, current: current, gaps: gaps).contains { wanted in
                do throws(Refused) {
                    _ = try action(set, wanted, claims: [:])
                    return false
                } catch {
                    return true
                }
            }
    }

    private func plan(_ set: PartitionSet, claims: inout [RelationName: RelationName]) -> TaskPlan {
        var result = TaskPlan(
            inferences: [Finding(task: .partitions, object: set.table.name, message: set.explanation)],
            runways: [runway(of: set.table, every: set.grid.interval)].compactMap(\.self), objectsInView: 1)
        guard let current = currentPeriod(of: set) else {
            result.refusals.append(
                Refusal(
                    task: .partitions, object: set.table.name, reason: .unknownZone,
                    explanation: "the server did not say which day it is in its zone",
                    cure: "run pgtend again; if it stays, report it with the server's version"))
            return result
        }
        let gaps = PartitionGaps(set: set, current: current, zones: snapshot.zones)
        if let finding = gaps.finding(willFill: set.fillGaps) { result.findings.append(finding) }
        result.findings += set.doubt.map { [Finding(task: .partitions, object: set.table.name, message: $0)] } ?? []
        result.findings += detachFindings(set.table) + publicationFindings(set.table) + endlessFindings(set)

        var creations: [PlanStep] = []
        var bridge: StepRequirement?
        for wanted in wanted(set, current: current, gaps: gaps) {
            do throws(Refused) {
                if let action = try action(set, wanted, claims: claims) {
                    if let bridge = wanted.bridge, let refusal = refusal(of: bridge, action, in: set) {
                        throw Refused(refusal: refusal)
                    }
                    if let finding = defaultFinding(action) { result.findings.append(finding) }
                    let limits = StepLimits(locks: definition.locks, statementTimeout: Self.statementTimeout)
                    let step = PlanStep(
                        .createPartition(action), reason: wanted.reason, limits: limits,
                        requires: [bridge].compactMap(\.self))
                    if wanted.bridge != nil {
                        bridge = StepRequirement(
                            step.key, reason: "not created: \(action.partition), which leads to it,",
                            notDone: "was not created")
                    }
                    creations.append(step)
                    claims[action.partition] = action.parent
                }
            } catch {
                result.refusals.append(error.refusal)
                // Behind a bridge that is not made nothing is: the set would end on its grid, and what the bridge should
                // hold stay a hole.
                if wanted.bridge != nil { break }
            }
        }
        if let refusal = holeRefusal(set) { result.refusals.append(refusal) }
        if let first = creations.first?.createPartition, !set.table.mayActAsOwner {
            result.refusals.append(notOwner(set.table, count: creations.count, first: first))
            creations = []
        }
        if !creations.isEmpty, !set.table.ownerMayHaveSandbox {
            result.refusals.append(
                .noSandbox(.partitions, set.table.name, of: set.table.owner, in: snapshot.server.database))
            creations = []
        }
        let foreignCode = Refusal.foreignCode(
            of: set.table, template: snapshot.templates[set.table.oid], on: snapshot.server)
        if !creations.isEmpty, let foreignCode {
            result.refusals.append(foreignCode)
            creations = []
        }
        if !creations.isEmpty, let failure = snapshot.unreadTemplates[set.table.oid] {
            result.refusals.append(unreadTemplate(set.table, failure))
            creations = []
        }
        if !creations.isEmpty, set.table.templatePartition == nil {
            result.findings.append(firstPartitionFinding(set.table))
        }
        result.steps += creations
        return result
    }

    /// The first day of the period that holds now; nil where the server did not say.
    private func currentPeriod(of set: PartitionSet) -> CivilDate? {
        inference(of: set.table).civilNow(set.keyType).flatMap { set.grid.period(holding: $0, zones: snapshot.zones) }
    }

    /// The partitions that there should be, in the order in which they are made.
    private func wanted(_ set: PartitionSet, current: CivilDate, gaps: PartitionGaps) -> [WantedPartition] {
        var wanted = (0...set.premake).map { index in
            WantedPartition(of: set.grid.interval.advance(current, by: index), set, reason(forPeriod: index, of: set))
        }
        if set.fillGaps {
            wanted =
                gaps.periods.map { WantedPartition(of: $0, set, "fills a gap between existing partitions") } + wanted
        }
        guard let bridge = PartitionBridge(set, zones: snapshot.zones), let last = wanted.last?.end,
            let end = set.grid.lowerBound(of: last, zones: snapshot.zones), end > bridge.from,
            set.fillGaps || bridge.resumes > current
        else { return wanted }
        // What ends before the bridge may fill gaps; what begins behind it is as without it.
        let before = wanted.filter { wanted in
            set.grid.lowerBound(of: wanted.end, zones: snapshot.zones).map { $0 <= bridge.from } ?? false
        }
        return before + [WantedPartition(bridge)] + wanted.filter { $0.start >= bridge.resumes }
    }

    /// nil if the period already has its partition.
    private func action(
        _ set: PartitionSet, _ wanted: WantedPartition, claims: [RelationName: RelationName]
    ) throws(Refused) -> CreatePartition? {
        let (start, end) = (wanted.start, wanted.end)
        guard let from = wanted.bridge?.from ?? set.grid.lowerBound(of: start, zones: snapshot.zones),
            let to = wanted.bridge?.to ?? set.grid.lowerBound(of: end, zones: snapshot.zones)
        else {
            throw refused(
                set, .unknownZone, "the server did not say when \(start) and \(end) begin in its zone",
                cure: "run pgtend again; if it stays, report it with the server's version")
        }
        // A zone that moves across the date line skips a day.
        guard from < to else { return nil }
        let span = set.keyType.range(from, to)
        switch set.table.coverage(from: from, to: to) {
        case .whole: return nil
        case .part(let other):
            throw refused(
                set, .overlap,
                "a partition for \(span) would overlap \(other.name)",
                cure: other.isDetachPending ? .statement(set.table.finalizing(other)) : bridging(set))
        case .none: break
        }
        let name = RelationName(schema: set.schema, name: set.naming.name(for: wanted.days))
        if snapshot.takenNames.contains(name) {
            throw refused(
                set, .nameTaken, "the partition for \(span) would be called \(name), and something else has that name",
                cure: "look at what \(name) is; attach it, rename it or drop it, and run pgtend again")
        }
        if let other = claims[name] {
            throw refused(
                set, .nameTaken,
                "the partition for \(span) would be called \(name), and a new partition of \(other) gets that name",
                cure: "give one of the two another naming in the configuration: partitions.sets")
        }
        return CreatePartition(
            parent: set.table.name, parentOID: set.table.oid, parentOwner: set.table.owner, partition: name,
            from: from, to: to, keyType: set.keyType, keyColumn: set.keyColumn,
            template: snapshot.templates[set.table.oid]
                ?? PartitionTemplate(relation: set.table.name, owner: set.table.owner),
            defaultPartition: set.table.defaultPartition, foreignKeyTables: set.table.foreignKeyTables,
            neighbours: set.table.neighbours)
    }

    /// Attaching an empty table takes milliseconds. Only the scan of a DEFAULT partition can take long, and it must
    /// not, because it holds ACCESS EXCLUSIVE.
    private static let statementTimeout: Duration = .seconds(2)

    private func reason(forPeriod index: Int, of set: PartitionSet) -> String {
        index == 0
            ? "the current \(set.grid.interval): writes for now need it"
            : "\(set.grid.interval) \(index) of the \(set.premake) to have in advance"
    }
}

/// What a partition planner still needs to know of the catalog to complete its plan.
package struct PartitionQuestions {
    /// The names of the new partitions: which of them are taken?
    package let names: Set<RelationName>
    /// For each table that needs a partition, its OID and that of the sibling to copy: what is it like? nil if there is
    /// no sibling to copy.
    package let templates: [(parent: UInt32, template: UInt32?)]
    /// The bounds of each table whose zone is in question: of which zones are all of them midnights?
    package let bounds: [(table: UInt32, bounds: [Instant])]
}
