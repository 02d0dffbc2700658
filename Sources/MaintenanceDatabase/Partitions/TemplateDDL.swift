import Maintenance
import SQLText

/// The statements that copy from a sibling what neither CREATE TABLE ... LIKE nor ATTACH PARTITION gives a new
/// partition.
struct TemplateDDL {
    private let template: PartitionTemplate
    private let name: RelationName
    /// The new table, quoted.
    private let table: String

    init(_ template: PartitionTemplate, of name: RelationName) throws(SQLTextError) {
        self.template = template
        self.name = name
        table = try name.quoted
    }

    /// The clauses after the column list of CREATE TABLE.
    var tableOptions: String {
        get throws(SQLTextError) {
            var text = ""
            if let method = template.accessMethod { text += " USING \(try SQLIdentifier(method).quoted)" }
            var parameters: [String] = []
            for parameter in template.storageParameters { parameters.append(try Self.assignment(parameter)) }
            for parameter in template.toastParameters { parameters.append("toast." + (try Self.assignment(parameter))) }
            if !parameters.isEmpty { text += " WITH (\(parameters.joined(separator: ", ")))" }
            if let tablespace = template.tablespace { text += " TABLESPACE \(try SQLIdentifier(tablespace).quoted)" }
            return text
        }
    }

    var beforeAttach: [String] {
        get throws(SQLTextError) {
            (try columns) + (try rowSecurity) + (try replicaIdentity) + (try ownTriggers)
        }
    }

    /// Statements on the indexes and triggers that ATTACH PARTITION creates as counterparts of the parent's.
    var afterAttach: [String] {
        get throws(SQLTextError) {
            var statements: [String] = []
            if case .index(let parentIndex) = template.replicaIdentity {
                statements.append(try replicaIdentityByIndex(parentIndex))
            }
            for trigger in template.triggers where trigger.isCloned { statements.append(try state(of: trigger)) }
            return statements
        }
    }

    /// These require the owner of the publication, which may be a role that pgtend is not a member of.
    var publications: [String] {
        get throws(SQLTextError) {
            var statements: [String] = []
            for publication in template.publications {
                var text = "ALTER PUBLICATION \(try SQLIdentifier(publication.name).quoted) ADD TABLE ONLY \(table)"
                if let columns = publication.columns {
                    var names: [String] = []
                    for column in columns { names.append(try SQLIdentifier(column).quoted) }
                    text += " (\(names.joined(separator: ", ")))"
                }
                if let filter = publication.filter { text += " WHERE (\(filter))" }
                statements.append(text)
            }
            return statements
        }
    }

    private var columns: [String] {
        get throws(SQLTextError) {
            var statements: [String] = []
            for column in template.columns {
                let alter = "ALTER TABLE \(table) ALTER COLUMN \(try SQLIdentifier(column.name).quoted)"
                if let target = column.statisticsTarget { statements.append("\(alter) SET STATISTICS \(target)") }
                if let storage = column.storage { statements.append("\(alter) SET STORAGE \(storage)") }
                if let compression = column.compression { statements.append("\(alter) SET COMPRESSION \(compression)") }
                if !column.options.isEmpty {
                    var assignments: [String] = []
                    for option in column.options { assignments.append(try Self.assignment(option)) }
                    statements.append("\(alter) SET (\(assignments.joined(separator: ", ")))")
                }
            }
            return statements
        }
    }

    /// First revokes whatever default privileges have granted, then grants exactly what the sibling has. To be executed
    /// as the owner, which can always grant.
    var grants: [String] {
        get throws(SQLTextError) {
            var statements: [String] = []
            var rolesToRevoke = template.defaultGrantees
            if template.grants != nil || !rolesToRevoke.isEmpty { rolesToRevoke.append(template.owner) }
            for (index, grantee) in rolesToRevoke.enumerated() where !rolesToRevoke[..<index].containsSame(as: grantee)
            {
                statements.append("REVOKE ALL ON TABLE \(table) FROM \(try Self.role(grantee))")
            }
            if template.grants == nil, !rolesToRevoke.isEmpty {
                statements.append("GRANT ALL ON TABLE \(table) TO \(try Self.role(template.owner))")
            }
            for grant in template.grants ?? [] {
                statements.append("GRANT \(grant.privilege) ON TABLE \(table) TO \(try Self.recipient(grant))")
            }
            for column in template.columnGrants {
                let name = try SQLIdentifier(column.column).quoted
                statements.append(
                    "GRANT \(column.grant.privilege) (\(name)) ON TABLE \(table) TO \(try Self.recipient(column.grant))"
                )
            }
            return statements
        }
    }

    private var rowSecurity: [String] {
        get throws(SQLTextError) {
            var statements: [String] = []
            for original in template.policies {
                let policy = original.requalified(from: template.relation.name, to: name.name)
                var roles: [String] = []
                for role in policy.roles { roles.append(try Self.role(role)) }
                statements.append(
                    "CREATE POLICY \(try SQLIdentifier(policy.name).quoted) ON \(table)"
                        + " AS \(policy.isPermissive ? "PERMISSIVE" : "RESTRICTIVE") FOR \(policy.command)"
                        + " TO \(roles.joined(separator: ", "))"
                        + (policy.using.map { " USING (\($0))" } ?? "")
                        + (policy.check.map { " WITH CHECK (\($0))" } ?? ""))
            }
            if template.rowSecurity { statements.append("ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY") }
            if template.forceRowSecurity { statements.append("ALTER TABLE \(table) FORCE ROW LEVEL SECURITY") }
            return statements
        }
    }

    private var replicaIdentity: [String] {
        get throws(SQLTextError) {
            switch template.replicaIdentity {
            case .full: ["ALTER TABLE \(table) REPLICA IDENTITY FULL"]
            case .nothing: ["ALTER TABLE \(table) REPLICA IDENTITY NOTHING"]
            case .primaryKey, .index, .localIndex: []
            }
        }
    }

    /// Looks up the counterpart of the parent's index, whose name the server has chosen.
    private func replicaIdentityByIndex(_ parentIndex: RelationName) throws(SQLTextError) -> String {
        let parentIndex = try SQLLiteral(try parentIndex.quoted).quoted
        let partition = try SQLLiteral(table).quoted
        return try PinnedBlock.statement(
            declaring: "index_name pg_catalog.name;",
            unsafe: """
                SELECT c.relname INTO STRICT index_name FROM pg_inherits AS h
                JOIN pg_index AS i ON i.indexrelid = h.inhrelid JOIN pg_class AS c ON c.oid = h.inhrelid
                WHERE h.inhparent = \(parentIndex)::regclass AND i.indrelid = \(partition)::regclass;
                EXECUTE format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', \(partition)::regclass, index_name);
                """)
    }

    private var ownTriggers: [String] {
        get throws(SQLTextError) {
            var statements: [String] = []
            for trigger in template.triggers where !trigger.isCloned {
                statements.append("\(trigger.head)\(table)\(trigger.tail)")
                if trigger.state != .origin { statements.append(try state(of: trigger)) }
            }
            return statements
        }
    }

    private func state(of trigger: PartitionTemplate.Trigger) throws(SQLTextError) -> String {
        let action =
            switch trigger.state {
            case .origin: "ENABLE"
            case .disabled: "DISABLE"
            case .replica: "ENABLE REPLICA"
            case .always: "ENABLE ALWAYS"
            }
        return "ALTER TABLE \(table) \(action) TRIGGER \(try SQLIdentifier(trigger.name).quoted)"
    }

    /// - Parameter name: empty for PUBLIC.
    private static func role(_ name: String) throws(SQLTextError) -> String {
        name.isEmpty ? "PUBLIC" : try SQLIdentifier(name).quoted
    }

    private static func recipient(_ grant: PartitionTemplate.Grant) throws(SQLTextError) -> String {
        try role(grant.grantee) + (grant.isGrantable ? " WITH GRANT OPTION" : "")
    }

    /// Converts `name=value`, as in the catalog, to `name = 'value'`.
    private static func assignment(_ option: String) throws(SQLTextError) -> String {
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = try SQLIdentifier(String(parts[0])).quoted
        return "\(name) = \(try SQLLiteral(parts.count > 1 ? String(parts[1]) : "true").quoted)"
    }
}
