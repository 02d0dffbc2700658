import Reporting
import SQLText
import SchemaManagement

/// What rolling the schema back would do to a database, as text.
struct SchemaRollbackText {
    private let plan: SchemaRollbackPlan

    init(_ plan: SchemaRollbackPlan) {
        self.plan = plan
    }

    var summary: String { rendered([]) }

    var withSQL: String { rendered([["SQL, in one transaction"] + plan.script.visibleLines]) }

    private func rendered(_ more: [[String]]) -> String {
        guard !plan.migrations.isEmpty else { return headline }
        let sections =
            [
                [headline] + migrations + tables, obstacles, SchemaPlanText.missingPrivileges(plan.missingPrivileges),
                shared,
                bystanders, records,
            ] + more
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    /// A headline and a line for each item; empty if there are no items.
    private func section<Item>(_ headline: String, _ items: [Item], _ line: (Item) -> String) -> [String] {
        items.isEmpty ? [] : [headline] + items.map { "  \(line($0))" }
    }

    private var name: String { plan.database.visible }

    private var headline: String {
        guard plan.migrations.isEmpty else { return "database \(name): to be taken back" }
        guard plan.objects > 0 else { return "database \(name): nothing to take back" }
        return "database \(name): has objects of the schema (\(plan.objects)), but no record that pgtend applied it"
    }

    private var migrations: [String] { plan.migrations.map { "  \($0.label)" } }

    private var tables: [String] {
        let full = plan.tablesWithRows
        let shown = plan.detachedPartitions.isEmpty ? "" : " that they show"
        let head = "  \(plan.tables.count) tables, \(full.isEmpty ? "none" : "\(full.count)") of them with rows\(shown)"
        return [head] + full.map { "    \($0.name.description.visible): \(Self.rows($0))" }
            + plan.detachedPartitions.map {
                "    \($0.description.visible), a partition that is being detached, has rows that are not counted"
            }
            + plan.partitionsElsewhere.map { "    \($0.description.visible), a partition in another schema, goes too" }
    }

    private static func rows(_ table: SchemaRollbackPlan.Table) -> String {
        if table.isAtLeast { return "\(table.rows) rows or more" }
        return table.rows == 1 ? "1 row" : "\(table.rows) rows"
    }

    private var shared: [String] {
        section("made or changed with it, and taken back where nobody else needs it", plan.sharedChanges) { change in
            Self.words(change) + (change.obstacle.map { " stays: \($0.visible)" } ?? "")
        }
    }

    private static func words(_ change: SchemaRollbackPlan.SharedChange) -> String {
        let name = RelationName.quoted(change.name).visible
        let detail = RelationName.quoted(change.detail).visible
        return switch change.kind {
        case .role, .extension, .schema: "\(change.kind.rawValue) \(name)"
        case .usage: "the right of \(detail) to use schema \(name)"
        case .owner: "the owner of schema \(name), before \(detail),"
        case .comment: "the comment on schema \(name)"
        }
    }

    private var obstacles: [String] {
        section("in the way, and nothing is changed while it is", plan.obstacles) { $0.visible }
    }

    private var bystanders: [String] {
        section("somebody else's, and left as it is", plan.bystanders) { $0.visible }
    }

    private var records: [String] {
        plan.golangMigrateTables.map { table in
            "golang-migrate's record in \(table.description.visible) is left as it is: afterwards tell the tool, "
                + "\"migrate force -1\""
        }
    }

    /// The refusal because of objects of others that are in the way; nil if there are none.
    var obstacleRefusal: String? {
        guard !plan.migrations.isEmpty, !plan.obstacles.isEmpty else { return nil }
        return "\(name): somebody else's objects depend on the schema, or stand in it: "
            + "\(plan.obstacles.map(\.visible).joined(separator: "; ")); nothing was changed\n"
            + "  what to do: drop what is named, move it to another schema, or let it refer to something else, "
            + "then repeat the command"
    }

    /// The refusal because of tables with rows, with their counts; nil if all tables are empty.
    var rowsRefusal: String? {
        guard !plan.tablesWithRows.isEmpty else { return detachRefusal }
        let counts = plan.tablesWithRows.map { "\($0.name.description.visible) (\(Self.rows($0)))" }
        return "\(name): \(counts.count == 1 ? "a table has" : "\(counts.count) tables have") rows: "
            + "\(counts.joined(separator: ", ")); nothing was changed\n"
            + "  what to do: back them up, then repeat the command with --drop-rows"
    }

    private var detachRefusal: String? {
        guard !plan.detachedPartitions.isEmpty else { return nil }
        return "\(name): being detached, so that their tables do not show their rows: "
            + "\(plan.detachedPartitions.map(\.description.visible).joined(separator: ", ")); nothing was changed\n"
            + "  what to do: complete that first: ALTER TABLE … DETACH PARTITION … FINALIZE"
    }

    /// The refusal for a database that has the schema without a record of pgtend.
    var withoutRecord: String {
        "\(name): pgtend has no record of the schema here; nothing was changed\n"
            + "  what to do: take it back with the tool that applied it, or record it first: pgtend schema repair"
    }

    static func outcome(_ outcome: SchemaRollbackOutcome, of database: String, in duration: Duration) -> String {
        let done =
            outcome.migrations.isEmpty
            ? "nothing to take back"
            : "\(outcome.migrations.map(\.label).joined(separator: ", ")) taken back in \(duration.humanReadable)"
        return (["\(database.visible): \(done)"] + outcome.remarks.map { "  \($0.visible)" }).joined(separator: "\n")
    }
}
