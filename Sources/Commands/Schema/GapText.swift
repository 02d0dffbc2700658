import Maintenance
import Reporting
import SchemaDesign

/// The comparison of a database with the schema as text.
struct GapText {
    private let database: VerifiedDatabase
    private var gap: SchemaGap { database.verification.gap }

    init(_ database: VerifiedDatabase) {
        self.database = database
    }

    var rendered: String {
        let sections = [
            section("migrations to come: pgtend schema apply", database.verification.pending),
            section("missing", list(gap.missing)),
            section("different", differences(gap.different)),
            section(
                "not compared: how PostgreSQL \(database.verification.major) writes these is not recorded",
                differences(gap.notCompared)),
            section("optional, absent", list(gap.absent)),
            section("unknown, left alone", list(gap.unknown)),
            section("advice; nothing is wrong with the schema", database.verification.advice.flatMap(words)),
        ]
        let paragraphs = [[headline]] + sections.filter { !$0.isEmpty }
        return paragraphs.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var headline: String {
        let name = database.name.visible
        let version = "PostgreSQL \(database.verification.major)"
        if gap.isClosed, !database.verification.pending.isEmpty {
            return "\(name): the schema lacks no object, and has not had all migrations (\(version))"
        }
        if gap.isClosed { return "\(name): the schema is what it should be (\(version))" }
        let counts = [
            (gap.missing.count, "missing"), (gap.different.count, "different"), (gap.notCompared.count, "not compared"),
        ]
        let words = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "\(name): the schema has a gap: \(words) (\(version))"
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [title] + lines.map { "  " + $0 }
    }

    private func words(_ advice: SchemaAdvice) -> [String] {
        ["\(advice.object.description.visible): \(advice.reason.visible)"]
            + advice.statements.map { "  \($0.visible);" }
    }

    /// A line for each kind of object and each relation.
    private func list(_ objects: [CatalogObject]) -> [String] {
        struct Group: Hashable { let kind: CatalogObject.Kind, relation: String }
        var groups: [(Group, [String])] = []
        for object in objects {
            let group = Group(kind: object.kind, relation: object.relation)
            if let last = groups.indices.last, groups[last].0 == group {
                groups[last].1.append(object.name.visible)
            } else {
                groups.append((group, [object.name.visible]))
            }
        }
        return groups.map { group, names in
            let place = group.relation.isEmpty ? "" : " of \(group.relation.visible)"
            return "\(group.kind.rawValue)\(place): \(names.joined(separator: ", "))"
        }
    }

    /// Both sides of each difference. Comments on columns, which often differ together, share a line for each relation.
    private func differences(_ differences: [SchemaGap.Difference]) -> [String] {
        let isCommentOfColumn = { (difference: SchemaGap.Difference) in
            difference.object.kind == .column && difference.property == .comment
        }
        let comments = differences.filter(isCommentOfColumn)
        let relations = Set(comments.map(\.object.relation)).sorted()
        return differences.filter { !isCommentOfColumn($0) }.flatMap(lines)
            + relations.map { relation in
                let names = comments.filter { $0.object.relation == relation }.map(\.object.name.visible)
                return "comments on columns of \(relation.visible): \(names.joined(separator: ", "))"
            }
    }

    private func lines(_ difference: SchemaGap.Difference) -> [String] {
        // For these properties nil means that nothing was expected; for all others, the default.
        let isUnexpected =
            difference.expected == nil
            && [
                .definition, .memberOfExtension, .members, .partitionsBeingDetached, .rightsOfOthers, .rolesWithoutUse,
                .uses,
            ].contains(difference.property)
        let (expected, found) =
            isUnexpected
            ? (["(nothing)"], [Self.oneLine(difference.found)])
            : Self.sides(difference.expected, difference.found ?? (difference.property == .uses ? "(nothing)" : nil))
        return ["\(difference.object.description.visible), \(difference.property.rawValue.visible)"]
            + Self.labelled("  expected  ", expected) + Self.labelled("  found     ", found)
    }

    private static func labelled(_ label: String, _ lines: [String]) -> [String] {
        let margin = String(repeating: " ", count: label.count)
        return lines.enumerated().map { ($0 == 0 ? label : margin) + $1 }
    }

    /// Of texts with several lines, such as function bodies, only the lines that the other side lacks.
    private static func sides(_ expected: String?, _ found: String?) -> ([String], [String]) {
        guard let expected, let found else { return ([oneLine(expected)], [oneLine(found)]) }
        let left = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let right = found.split(separator: "\n", omittingEmptySubsequences: false)
        guard left.count > 1 || right.count > 1 else { return ([expected.visible], [found.visible]) }
        let difference = right.difference(from: left)
        return (lines(difference.removals), lines(difference.insertions))
    }

    private static func lines(_ changes: [CollectionDifference<Substring>.Change]) -> [String] {
        let shown = changes.prefix(mostLines).map { change in
            switch change {
            case .insert(let line, let text, _), .remove(let line, let text, _):
                "line \(line + 1): \(String(text).visible)"
            }
        }
        let others = changes.count - shown.count
        return (shown.isEmpty ? ["without these lines"] : shown) + (others > 0 ? ["and \(others) more lines"] : [])
    }

    /// The limit for one side. `--json` has the whole text.
    private static let mostLines = 10

    private static func oneLine(_ value: String?) -> String {
        guard let value else { return "(default)" }
        let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count > 1 ? "\(String(lines[0]).visible) … (\(lines.count) lines)" : value.visible
    }
}
