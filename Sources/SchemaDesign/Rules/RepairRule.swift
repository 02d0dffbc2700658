import EmbeddedSQL

/// Where the values of a column come from in a database that did not have the column, which no catalog tells. Each rule
/// is a file of `sql/mcp/rules`, or a line of the one about parents.
///
/// Its lines `-- column: TABLE.COLUMN`, `-- from: COLUMN`, `-- map: OLD=NEW`, `-- by: COLUMN`, `-- reads: TABLE`,
/// `-- counts: TABLE` and `-- keeper: FUNCTION` are its head; a line `-- before:`, `-- refuse:`, `-- where:`, `-- value:`
/// or `-- report:` begins a part of SQL, over the row `r`, in which `{mappings}` stands for what the caller says that old
/// values of the column are called by now: a list of rows with two texts. Any other line with `-- ` before the first part
/// is a comment.
///
/// A rule without a `refuse` part is used whenever there are rows to fill; any other only as long as the column lacks
/// its NOT NULL or its foreign key.
package struct RepairRule: Sendable {
    let table: String
    let column: String
    /// The column that had the values under another name; it is kept, renamed, and no longer written.
    var source: String?
    /// Old values that are called otherwise now.
    var map: [ValueMapping] = []
    /// A column whose trigger derives the values: an update that sets it to itself fills them.
    var deriving: String?
    /// The tables that its SQL reads, its functions included, beside its own and the one that it counts.
    var read: [String] = []
    /// Of a counter: the table whose rows it counts. Triggers of that table keep it up to date.
    var counted: String?
    /// Of a counter: the function of those triggers.
    var keeper: String?
    /// What rows get that have no value where it is taken from; nil for the default of the column.
    var fallback: String?
    /// The value, over the row `r`.
    var value: String?
    /// Which rows need the value; nil: those where the column is NULL.
    var condition: String?
    /// Statements to run before the rows are filled, on which the value depends. Running them again does no harm.
    var before: String?
    /// A query for what a person has to decide, with the columns `value` and `count`.
    var refusal: String?
    /// Of a derived column: a query for the reasons why rows stay without a value once all that can be filled are, with
    /// the columns `value` and `count`.
    var report: String?

    /// All tables that its SQL reads.
    var relations: [String] { [table] + read + [counted].compactMap(\.self) }

    /// All of `sql/mcp/rules`.
    package static let all = EmbeddedSQL.repairRules.flatMap { text in
        let parents = ParentValue.all(in: text)
        return parents.isEmpty ? [RepairRule(text)] : parents.map { RepairRule($0, among: parents) }
    }

    /// What a caller says of a column.
    init(_ column: CatalogObject, source: String?) {
        table = column.relation
        self.column = column.name
        self.source = source
    }

    func isAbout(_ column: CatalogObject) -> Bool {
        table == column.relation && self.column == column.name && counted == nil
    }

    /// - Parameter values: all lines of the file.
    private init(_ value: ParentValue, among values: [ParentValue]) {
        let name = value.column.name
        table = value.column.relation
        column = name
        read = value.ancestors(among: values).filter { $0 != table }
        let parents = value.sql(of: "r", among: values)
        self.value = parents
        if value.isMandatory {
            refusal = value.lacking(among: values)
        } else {
            condition = "r.\(name) IS NULL AND r.\(value.reference) IS NOT NULL AND \(parents) IS NOT NULL"
        }
    }

    package init(_ text: String) {
        var head: [String: [String]] = [:]
        var parts: [String: [Substring]] = [:]
        var part: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let name = ["before", "refuse", "where", "value", "report"].first(where: { line == "-- \($0):" }) {
                part = name
            } else if let part {
                parts[part, default: []].append(line)
            } else if line.hasPrefix("-- "), let colon = line.firstIndex(of: ":") {
                let key = String(line[line.index(line.startIndex, offsetBy: 3)..<colon])
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                head[key, default: []].append(String(value))
            }
        }
        func sql(_ name: String) -> String? {
            parts[name].map { $0.joined(separator: "\n").trimmingLines }
        }
        guard let place = head["column"]?.first?.split(separator: "."), place.count == 2 else {
            preconditionFailure("a repair rule names no column: \(text.prefix(80))")
        }
        table = String(place[0])
        column = String(place[1])
        source = head["from"]?.first
        map = (head["map"] ?? []).compactMap { ValueMapping($0) }
        deriving = head["by"]?.first
        read = head["reads"] ?? []
        counted = head["counts"]?.first
        keeper = head["keeper"]?.first
        value = sql("value")
        condition = sql("where")
        before = sql("before")
        refusal = sql("refuse")
        report = sql("report")
    }
}

extension String {
    /// Without the line breaks around it.
    fileprivate var trimmingLines: String {
        String(drop { $0 == "\n" }.reversed().drop { $0 == "\n" }.reversed())
    }
}
