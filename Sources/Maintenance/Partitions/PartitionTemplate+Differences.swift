extension PartitionTemplate {
    /// The differences of this partition from its sibling `template`, one phrase each.
    ///
    /// Expressions are compared as the server prints them; the two tables' own names count as equal. Neither default
    /// privileges, which are not a property of a table, nor grantors are compared.
    package func differences(from template: PartitionTemplate) -> [String] {
        var found: [String] = []
        func compare<Value: Equatable>(_ what: String, _ value: Value, _ expected: Value, _ text: (Value) -> String) {
            if value != expected { found.append("\(what) is \(text(value)), and \(text(expected)) on its sibling") }
        }
        func compare<Element: Hashable>(_ what: String, _ values: [Element], _ expected: [Element]) {
            let (mine, theirs) = (Set(values), Set(expected))
            for lost in expected where !mine.contains(lost) { found.append("\(what) \(lost) is missing") }
            for extra in values where !theirs.contains(extra) { found.append("\(what) \(extra) is not on its sibling") }
        }
        let onOff = { (isOn: Bool) in isOn ? "on" : "off" }
        if !owner.isSame(as: template.owner) {
            found.append("the owner is \(owner), and \(template.owner) on its sibling")
        }
        compareGrants(template, compare)
        compare("the grant", columnGrants, template.columnGrants)
        compare("row-level security", rowSecurity, template.rowSecurity, onOff)
        compare("FORCE ROW LEVEL SECURITY", forceRowSecurity, template.forceRowSecurity, onOff)
        compare(
            "the policy", policies,
            template.policies.map { $0.requalified(from: template.relation.name, to: relation.name) }
                .map { expected in
                    // Requalifying also adds quotes; if that is the only difference, the policies are the same.
                    policies.first { $0.isSame(as: expected, onTable: relation.name) } ?? expected
                })
        compare("the storage parameter", storageParameters, template.storageParameters)
        compare("the toast parameter", toastParameters, template.toastParameters)
        compare("the replica identity", replicaIdentity, template.replicaIdentity) { "\($0)" }
        compare("the tablespace", tablespace, template.tablespace) { $0 ?? "the database's" }
        compare("the access method", accessMethod, template.accessMethod) { $0 ?? "none" }
        compare("the setting of column", columns, template.columns)
        compare("the trigger", triggers, template.triggers)
        compare("the identity of columns", identityColumns, template.identityColumns, onOff)
        compare("the publication", publications, template.publications)
        compare("UNLOGGED", isUnlogged, template.isUnlogged, onOff)
        // By definition only: the names contain those of the tables, so they always differ.
        let mine = Set(localObjects.map(\.definition))
        for part in template.localObjects where !mine.contains(part.definition) {
            found.append(
                "the \(part.kind) \(part.name) (\(part.definition)) of its sibling, which the parent lacks, is missing")
        }
        // Only the qualifiers of columns are rewritten: a subquery on the sibling still reads the sibling.
        for policy in policies where policy.references(template.relation) {
            found.append("the policy \(policy.name) names \(template.relation), as on its sibling")
        }
        return found
    }

    /// Without an ACL (nil), the owner has all privileges; an ACL that lists all of them for the owner is equivalent.
    private func compareGrants(_ template: PartitionTemplate, _ compare: (String, [Grant], [Grant]) -> Void) {
        switch (grants, template.grants) {
        case (nil, nil): break
        case (let mine?, let theirs?): compare("the grant", mine, theirs)
        case (let mine?, nil): compare("the grant", mine.withoutAllOfOwner(owner), [])
        case (nil, let theirs?): compare("the grant", [], theirs.withoutAllOfOwner(template.owner))
        }
    }
}

extension [PartitionTemplate.Grant] {
    /// Without the owner's grants, if they are all the privileges on a table: seven, and from PostgreSQL 17 on
    /// MAINTAIN.
    fileprivate func withoutAllOfOwner(_ owner: String) -> Self {
        count { $0.grantee.isSame(as: owner) } >= 7 ? filter { !$0.grantee.isSame(as: owner) } : self
    }
}

extension PartitionTemplate.Policy {
    /// Whether the two are the same once the table's name is quoted in both.
    fileprivate func isSame(as other: Self, onTable table: String) -> Bool {
        requalified(from: table, to: table) == other.requalified(from: table, to: table)
    }
}

extension PartitionTemplate.Grant: CustomStringConvertible {
    package var description: String {
        "of \(privilege) to \(grantee.isEmpty ? "PUBLIC" : grantee)\(isGrantable ? " with grant option" : "")"
    }
}

extension PartitionTemplate.ColumnGrant: CustomStringConvertible {
    package var description: String { "\(grant) on column \(column)" }
}

extension PartitionTemplate.Policy: CustomStringConvertible {
    package var description: String {
        "\(name) for \(command)" + (using.map { " using \($0)" } ?? "") + (check.map { " with check \($0)" } ?? "")
    }
}

extension PartitionTemplate.ReplicaIdentity: CustomStringConvertible {
    package var description: String {
        switch self {
        case .primaryKey: "the primary key"
        case .full: "FULL"
        case .nothing: "NOTHING"
        case .index(let parentIndex): "the index of \(parentIndex)"
        case .localIndex(let index): "its own index \(index)"
        }
    }
}

extension PartitionTemplate.ColumnSetting: CustomStringConvertible {
    package var description: String {
        let parts = [
            statisticsTarget.map { "statistics target \($0)" }, options.isEmpty ? nil : options.joined(separator: ", "),
            storage.map { "storage \($0)" }, compression.map { "compression \($0)" },
        ]
        return "\(name) (\(parts.compactMap(\.self).joined(separator: ", ")))"
    }
}

extension PartitionTemplate.Publication: CustomStringConvertible {
    package var description: String {
        name + (columns.map { " (\($0.joined(separator: ", ")))" } ?? "") + (filter.map { " where \($0)" } ?? "")
    }
}

extension PartitionTemplate.Trigger: CustomStringConvertible {
    package var description: String {
        let firing =
            switch state {
            case .origin: "enabled"
            case .disabled: "disabled"
            case .replica: "enabled for replicas"
            case .always: "enabled always"
            }
        return "\(name) (\(firing))"
    }
}
